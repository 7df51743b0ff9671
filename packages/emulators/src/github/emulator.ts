import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createOpenApiValidator } from "../openapi/validator.ts";
import { createConformanceRecord } from "../shared/conformance.ts";
import { type FaultSource, noFaults } from "../shared/faults.ts";
import {
  type LoopbackExchange,
  type LoopbackRequest,
  startLoopbackServer,
} from "../shared/loopback-server.ts";
import { createActions } from "./actions/actions.ts";
import type { GithubEmulator, GithubEmulatorOptions, GithubRequest } from "./api.ts";
import { createCredentials } from "./credentials.ts";
import { createGateway } from "./gateway.ts";
import { createGitHttp } from "./git-http.ts";
import { createSerially } from "./git-lock.ts";
import { createGraphql } from "./graphql.ts";
import { createLimits } from "./limits.ts";
import type { GithubApi } from "./operations/operation.ts";
import { createOperations } from "./operations/operations.ts";
import { createRest } from "./rest.ts";
import { createSite } from "./site.ts";
import { createGithubStore, type EditableGithubStore } from "./store.ts";
import { createWebhooks } from "./webhooks.ts";

const maxRecorded = 20_000;
/** A push comes as one body. */
const maxBodyBytes = 100 * 1024 * 1024;

/** GitHub on loopback, over GitHub's own description of its API and over git itself. */
export const startGithubEmulator = async (options: GithubEmulatorOptions): Promise<GithubEmulator> => {
  const { directory, port, latencyMs = 0 } = options;
  await mkdir(directory, { recursive: true });
  const recorded: GithubRequest[] = [];
  let faults: FaultSource<GithubRequest> = noFaults;
  let url = "";
  const parts = assemble(options, () => url);
  const { gateway, conformance, webhooks, actions, site } = parts;

  const receive = async (arrived: LoopbackRequest): Promise<LoopbackExchange> => {
    const { request, act, rateLimited } = await gateway(arrived);
    recorded.push(request);
    if (recorded.length > maxRecorded) recorded.shift();
    return { fault: faults(request), act, rateLimited };
  };
  const listening = { receive, latencyMs, maxBodyBytes, ...(port === undefined ? {} : { port }) };
  const server = await startLoopbackServer(listening);
  url = server.url;

  return {
    apiUrl: `${url}/api/v3`,
    url,
    oidcIssuer: `${url}/oidc`,
    site,
    requests: () => [...recorded],
    conformance: conformance.read,
    setFaults(source) {
      faults = source;
    },
    deliveries: webhooks.deliveries,
    pauseWebhooks: webhooks.pause,
    setWebhook: webhooks.aim,
    idle: () => actions.idle(),
    async close() {
      await actions.close();
      await Promise.all([server.close(), webhooks.close()]);
      await empty(directory);
    },
  };
};

const assemble = (options: GithubEmulatorOptions, url: () => string) => {
  const { slug = "ai-implement", id, publicKey } = options.app;
  const now = (): number => Date.now();
  const conformance = createConformanceRecord("GitHub");
  const webhooks = createWebhooks(options.webhook ?? null);
  const serially = createSerially();
  const store: EditableGithubStore = createGithubStore({
    app: { id, slug },
    directory: options.directory,
    now,
    emit: (event) => teller.tell(event, store.installationFor(event.repository)),
  });
  const api: GithubApi = { store, url, now };
  const teller = webhooks.teller(api);
  const actions = createActions(api, options);
  const credentials = createCredentials({ store, publicKey, otherCaller: actions.callerOf });
  const limits = createLimits({ limits: options.limits ?? {}, now });
  const operations = createOperations({ credentials, limits, serially, actions: actions.operations });
  const validator = createOpenApiValidator(options.openApi);
  const gateway = createGateway({
    credentials,
    limits,
    rest: createRest({ api, validator, conformance, limits, operations }),
    graphql: createGraphql({ api, conformance, limits }),
    git: createGitHttp(store),
    actions,
  });
  const site = createSite({ api, repositories: [store, serially, teller.tellInstallation], actions });
  return { gateway, conformance, webhooks, actions, site };
};

/** The folder itself is the caller's. */
const empty = async (directory: string): Promise<void> => {
  const names = await readdir(directory);
  await Promise.all(names.map((name) => rm(join(directory, name), { recursive: true, force: true })));
};
