import { createOpenApiValidator } from "../openapi/validator.ts";
import { createConformanceRecord } from "../shared/conformance.ts";
import { type FaultSource, noFaults } from "../shared/faults.ts";
import {
  type LoopbackExchange,
  type LoopbackRequest,
  startLoopbackServer,
} from "../shared/loopback-server.ts";
import { createWebhookSender } from "../shared/webhook-sender.ts";
import type { JiraEmulator, JiraEmulatorOptions, JiraRequest } from "./api.ts";
import { createGateway } from "./gateway.ts";
import { createLimits } from "./limits.ts";
import { createRenderer } from "./render.ts";
import { createSite } from "./site.ts";
import { createJiraStore } from "./store.ts";
import { webhookMessage } from "./webhooks.ts";

const maxRecorded = 10_000;

/** Jira Cloud's REST API v3 on loopback, over Jira's own description of it. */
export const startJiraEmulator = async (options: JiraEmulatorOptions): Promise<JiraEmulator> => {
  const { cloudId = "cloud-1", token = "jira-token", searchLagMs = 0, latencyMs = 0 } = options;
  const { writesPerIssue = { count: 20, windowMs: 2_000 } } = options;
  const conformance = createConformanceRecord("Jira");
  const sender = createWebhookSender();
  const recorded: JiraRequest[] = [];
  let faults: FaultSource<JiraRequest> = noFaults;
  let webhook = options.webhook ?? null;
  let url = "";

  const store = createJiraStore({
    now: () => Date.now(),
    searchLagMs,
    changed: (change) => {
      if (webhook !== null) sender.send(webhookMessage(webhook, store, render, change));
    },
  });
  const render = createRenderer({
    root: () => `${url}/ex/jira/${cloudId}/rest/api/3`,
    projects: store.projects,
    customFields: store.fields,
  });
  const limits = createLimits({ writesPerIssue, now: () => Date.now() });
  const gateway = createGateway({
    cloudId,
    token,
    validator: createOpenApiValidator(options.openApi),
    conformance,
    api: { store, render, limits, searchPages: new Map() },
  });

  const receive = (arrived: LoopbackRequest): LoopbackExchange => {
    const handled = gateway(arrived);
    recorded.push(handled.request);
    if (recorded.length > maxRecorded) recorded.shift();
    return { fault: faults(handled.request), act: handled.act, rateLimited: limits.burst };
  };
  const { port } = options;
  const server = await startLoopbackServer({ receive, latencyMs, ...(port === undefined ? {} : { port }) });
  url = server.url;

  return {
    url,
    site: createSite(store),
    requests: () => [...recorded],
    conformance: conformance.read,
    setFaults(source) {
      faults = source;
    },
    deliveries: sender.deliveries,
    pauseWebhooks: sender.pause,
    setWebhook(next) {
      webhook = next;
    },
    async close() {
      await Promise.all([server.close(), sender.close()]);
    },
  };
};
