import { createLinearWebhook } from "@ai-implement/orchestrator/adapters/tracker/linear/linear-webhook.ts";
import { createApp } from "@ai-implement/orchestrator/http/app.ts";
import type { EffectRecord, Store } from "@ai-implement/orchestrator/ports/store.ts";
import { createAlarm } from "@ai-implement/orchestrator/services/alarm.ts";
import { createHealth } from "@ai-implement/orchestrator/services/health.ts";
import { createNamedLooks } from "@ai-implement/orchestrator/services/poll/named/looks.ts";
import { createPollLoop } from "@ai-implement/orchestrator/services/poll/poll-loop.ts";
import { createTrackerWebhooks } from "@ai-implement/orchestrator/services/webhooks/tracker-webhooks.ts";
import type { Receivers } from "./receivers.ts";
import { createBenchServices, silent } from "./services.ts";

export interface WebhookService {
  readonly url: string;
  close(): Promise<void>;
}

const clock = { now: () => Date.now() };
const pollIntervalMs = 60_000;

/** The service as `compose` puts it together, but for its executor: listening, polling once a minute, delivering. */
export const startWebhookService = async (
  store: Store,
  receivers: Pick<Receivers, "tracker" | "executor">,
  secret: string,
  onDelivered: (record: EffectRecord) => void,
): Promise<WebhookService> => {
  const pollAlarm = createAlarm();
  const services = createBenchServices(store, receivers, onDelivered, { pollAlarm });
  const namedLooks = createNamedLooks();
  const loops = [
    services.effectWorker,
    createPollLoop(services.poll, pollAlarm, pollIntervalMs, silent, namedLooks),
  ];
  const trackerWebhooks = createTrackerWebhooks({
    store,
    readers: new Map([["linear", createLinearWebhook({ secret })]]),
    watchList: services.watchList,
    onNews: namedLooks.want,
    clock,
    logger: silent,
  });
  const app = await createApp({
    ...services,
    store,
    clock,
    trackerWebhooks,
    forgeWebhooks: { receive: async () => "refused" },
    gapFillSecret: null,
    templateSync: { sync: async () => ({ kind: "not-found" }) },
    repositoryStatuses: { find: async () => null, list: async () => [] },
    pipelines: { pipelines: [], steps: [] },
    pullStandings: { find: async () => ({ kind: "not-found" }) },
    jiraDirectory: null,
    health: createHealth(store, services.poll.status, clock, pollIntervalMs),
    accessCode: null,
    version: "bench",
    logger: silent,
    startedAt: clock.now(),
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const running = loops.map((loop) => loop.run());
  return {
    url,
    async close() {
      trackerWebhooks.stop();
      for (const loop of loops) loop.stop();
      await Promise.all(running);
      await app.close();
    },
  };
};
