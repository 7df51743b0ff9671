import { join } from "node:path";
import type { GithubEmulator } from "@ai-implement/emulators/github/api.ts";
import { createJobIdentities } from "@ai-implement/orchestrator/adapters/executor/github-actions/job-identities.ts";
import { executorFactories } from "@ai-implement/orchestrator/adapters/executor/registry.ts";
import { createGithubWebhook } from "@ai-implement/orchestrator/adapters/forge/github/github-webhook.ts";
import { forgeFactories } from "@ai-implement/orchestrator/adapters/forge/registry.ts";
import { createGithubClient } from "@ai-implement/orchestrator/adapters/shared/github/create-github-client.ts";
import type { GithubClient } from "@ai-implement/orchestrator/adapters/shared/github/github-client.ts";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import { defaultReconcilePolicy } from "@ai-implement/orchestrator/core/reconcile/reconcile-run.ts";
import { aPolicy } from "@ai-implement/orchestrator/core/testing/builders.ts";
import { seconds } from "@ai-implement/orchestrator/core/time.ts";
import { createTestApp, type TestApp } from "@ai-implement/orchestrator/http/testing/test-app.ts";
import type { Store } from "@ai-implement/orchestrator/ports/store.ts";
import { createAlarm } from "@ai-implement/orchestrator/services/alarm.ts";
import {
  createServices,
  lookKey,
  type Services,
} from "@ai-implement/orchestrator/services/create-services.ts";
import { effectGatherMs } from "@ai-implement/orchestrator/services/effects/effect-worker.ts";
import { createEngine } from "@ai-implement/orchestrator/services/engine.ts";
import { createHousekeeping } from "@ai-implement/orchestrator/services/housekeeping.ts";
import { createRepositoryFiles } from "@ai-implement/orchestrator/services/repository/repository-files.ts";
import {
  createRecordingLogger,
  type RecordingLogger,
} from "@ai-implement/orchestrator/services/testing/recording-logger.ts";
import { createIds } from "@ai-implement/orchestrator/services/testing/world.ts";
import {
  createWorldTracker,
  type WorldTracker,
} from "@ai-implement/orchestrator/services/testing/world-tracker.ts";

import { createForgeWebhooks } from "@ai-implement/orchestrator/services/webhooks/forge-webhooks.ts";

/** What a job's identity has to be meant for. Nobody listens there: the jobs ask the app itself. */
export const orchestratorUrl = "https://ai-implement.acme.example";

export interface BadInputServiceOptions {
  readonly emulator: GithubEmulator;
  readonly app: { readonly id: number; readonly privateKey: string };
  readonly folder: string;
  readonly hasCallbacks: boolean;
  /** False: what happens on GitHub is found by the poll alone. */
  readonly hasWebhooks: boolean;
}

/** The service over GitHub's adapters as it is put together, with a tracker in memory and a poll at will. */
export interface BadInputService {
  readonly app: TestApp;
  readonly store: Store;
  readonly tracker: WorldTracker;
  readonly logger: RecordingLogger;
  readonly poll: Services["poll"];
  readonly gapFill: Services["gapFill"];
  /** The App's hands, for what no person's are there for. */
  readonly github: GithubClient;
  /** The time is another one: whatever waits for it looks again. */
  wake(): void;
  close(): Promise<void>;
}

const webhookSecret = "a webhook secret of the tests";

/** Short enough that a request that hangs costs a test no minute. */
const gate = {
  timeoutMs: 400,
  retryDelayMs: 10,
  breaker: { failures: 5, coolDownMs: 200 },
} as const;

const clock = { now: () => Date.now() };

export const startBadInputService = async (options: BadInputServiceOptions): Promise<BadInputService> => {
  const { emulator, folder, hasCallbacks } = options;
  const logger = createRecordingLogger();
  const { store } = await openSqliteStore({ path: join(folder, "service.sqlite"), clock });
  const tracker = createWorldTracker();
  const { client, forge, executor } = await githubAdapters(options);
  const adapters = {
    trackers: new Map([[tracker.kind, tracker]]),
    forges: new Map([[forge.kind, forge]]),
    executors: new Map([[executor.kind, executor]]),
  };
  const [effectAlarm, housekeepingAlarm] = [createAlarm(effectGatherMs), createAlarm()];
  const services = createServices({
    store,
    adapters,
    clock,
    newId: createIds(),
    logger,
    policy: aPolicy,
    reconcilePolicy: defaultReconcilePolicy,
    agent: { kind: "scripted", script: "story" },
    tokenSecret: "a secret of the tests' service",
    orchestratorUrl: () => orchestratorUrl,
    identities: hasCallbacks ? createJobIdentities({ issuer: emulator.oidcIssuer, clock }) : null,
    imageFor: createRepositoryFiles({ adapters, clock, logger, sessionImage: null }).imageFor,
    syncTemplates: async () => undefined,
    onFeedback: () => undefined,
    pollAlarm: createAlarm(),
    effectAlarm,
    deliveryTimeoutMs: seconds(10),
  });
  const { poll, effectWorker, runnerGateway, projects, operator, gapFill } = services;
  const { pullRequestLooks, runLooks } = services;
  const forgeWebhooks = createForgeWebhooks({
    store,
    reader: createGithubWebhook({ secret: webhookSecret }),
    onPullRequest: (known) => pullRequestLooks.soon(lookKey(known), known),
    onRun: (run) => runLooks.soon(run.id, run),
    onAccess: client.forget,
    clock,
    logger,
  });
  const housekeeping = createHousekeeping({
    store,
    adapters,
    clock,
    logger,
    alarm: housekeepingAlarm,
    onEffects: effectAlarm.wake,
  });
  const engine = createEngine({ store, loops: [effectWorker, housekeeping], logger });
  const app = await createTestApp({ store, runnerGateway, projects, operator, forgeWebhooks, logger });
  if (options.hasWebhooks) {
    const url = await app.app.listen({ host: "127.0.0.1", port: 0 });
    emulator.setWebhook({ url: `${url}/api/github/webhook`, secret: webhookSecret });
  }
  await engine.start();
  return {
    app,
    store,
    tracker,
    logger,
    poll,
    gapFill,
    github: client,
    wake() {
      effectAlarm.wake();
      housekeepingAlarm.wake();
    },
    async close() {
      forgeWebhooks.stop();
      pullRequestLooks.stop();
      runLooks.stop();
      await engine.stop();
      await app.app.close();
      await store.close();
    },
  };
};

const githubAdapters = async ({ emulator, app, hasCallbacks }: BadInputServiceOptions) => {
  const { id: appId, privateKey } = app;
  const client = createGithubClient({ appId, privateKey, apiUrl: emulator.apiUrl, clock, gate });
  const [createForge, createExecutor] = await Promise.all([
    forgeFactories.github(),
    executorFactories["github-actions"](),
  ]);
  const callback = hasCallbacks ? { url: orchestratorUrl } : null;
  return {
    client,
    forge: createForge({ client, clock }),
    executor: createExecutor({ client, clock, callback, needsClaimToken: false }),
  };
};
