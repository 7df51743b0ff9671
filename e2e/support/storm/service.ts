import { join } from "node:path";
import type { GithubEmulator } from "@ai-implement/emulators/github/api.ts";
import { createJobIdentities } from "@ai-implement/orchestrator/adapters/executor/github-actions/job-identities.ts";
import { executorFactories } from "@ai-implement/orchestrator/adapters/executor/registry.ts";
import { createGithubWebhook } from "@ai-implement/orchestrator/adapters/forge/github/github-webhook.ts";
import { forgeFactories } from "@ai-implement/orchestrator/adapters/forge/registry.ts";
import { createGithubClient } from "@ai-implement/orchestrator/adapters/shared/github/create-github-client.ts";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import type { Project } from "@ai-implement/orchestrator/core/project.ts";
import { defaultReconcilePolicy } from "@ai-implement/orchestrator/core/reconcile/reconcile-run.ts";
import { aPolicy } from "@ai-implement/orchestrator/core/testing/builders.ts";
import { seconds } from "@ai-implement/orchestrator/core/time.ts";
import { createTestApp, type TestApp } from "@ai-implement/orchestrator/http/testing/test-app.ts";
import type { Store } from "@ai-implement/orchestrator/ports/store.ts";
import { createAlarm } from "@ai-implement/orchestrator/services/alarm.ts";
import { createServices, lookKey } from "@ai-implement/orchestrator/services/create-services.ts";
import { effectGatherMs } from "@ai-implement/orchestrator/services/effects/effect-worker.ts";
import { createEngine } from "@ai-implement/orchestrator/services/engine.ts";
import { createNamedLooks } from "@ai-implement/orchestrator/services/poll/named/looks.ts";
import type { Poll } from "@ai-implement/orchestrator/services/poll/poll.ts";
import { createPollLoop } from "@ai-implement/orchestrator/services/poll/poll-loop.ts";
import { createRecordingLogger } from "@ai-implement/orchestrator/services/testing/recording-logger.ts";
import { createIds } from "@ai-implement/orchestrator/services/testing/world.ts";
import {
  createWorldTracker,
  type WorldTracker,
} from "@ai-implement/orchestrator/services/testing/world-tracker.ts";
import { createForgeWebhooks } from "@ai-implement/orchestrator/services/webhooks/forge-webhooks.ts";

/** What a job's identity has to be meant for. Nobody listens there: the jobs ask `app` itself. */
export const orchestratorUrl = "https://ai-implement.acme.example";

export interface StormServiceOptions {
  readonly emulator: GithubEmulator;
  readonly app: { readonly id: number; readonly privateKey: string };
  readonly webhookSecret: string;
  readonly folder: string;
  readonly project: Project;
}

/** The service over GitHub as it is put together, with a tracker in memory and a poll at will. */
export interface StormService {
  readonly app: TestApp["app"];
  readonly store: Store;
  readonly tracker: WorldTracker;
  /** Of its SQLite. */
  readonly databasePath: string;
  /** Resolves once a full cycle that began after this call has ended. */
  poll(): Promise<void>;
  /** Begun so far. */
  fullCycles(): number;
  close(): Promise<void>;
}

/** GitHub and the service have the same: whoever moves it, moves it for both. */
const clock = { now: () => Date.now() };
/** Nobody waits for the interval here: `poll` wakes it. */
const pollIntervalMs = 60 * 60_000;
const pollGatherMs = 10;
/** Of a workflow run that died. */
const retryBaseMs = seconds(1);

export const startStormService = async (options: StormServiceOptions): Promise<StormService> => {
  const { emulator, folder, project } = options;
  const logger = createRecordingLogger();
  const databasePath = join(folder, "service.sqlite");
  const { store } = await openSqliteStore({ path: databasePath, clock });
  await store.createProject(project);
  const tracker = createWorldTracker();
  const { client, forge, executor } = await githubAdapters(options);
  const pollAlarm = createAlarm(pollGatherMs);
  const namedLooks = createNamedLooks();
  const services = createServices({
    store,
    adapters: {
      trackers: new Map([[tracker.kind, tracker]]),
      forges: new Map([[forge.kind, forge]]),
      executors: new Map([[executor.kind, executor]]),
    },
    clock,
    newId: createIds(),
    logger,
    policy: { ...aPolicy, retry: { ...aPolicy.retry, baseDelayMs: retryBaseMs } },
    reconcilePolicy: defaultReconcilePolicy,
    agent: { kind: "scripted", script: "story" },
    tokenSecret: "a secret of the storm's service",
    orchestratorUrl: () => orchestratorUrl,
    identities: createJobIdentities({ issuer: emulator.oidcIssuer, clock }),
    imageFor: async () => null,
    syncTemplates: async () => undefined,
    onFeedback: (ticketId, readyAt) => {
      setTimeout(() => namedLooks.want([ticketId], "mark"), Math.max(readyAt - clock.now(), 0)).unref();
    },
    pollAlarm,
    effectAlarm: createAlarm(effectGatherMs),
    deliveryTimeoutMs: seconds(15),
  });
  const { pullRequestLooks, runLooks, effectWorker, runnerGateway } = services;
  const forgeWebhooks = createForgeWebhooks({
    store,
    reader: createGithubWebhook({ secret: options.webhookSecret }),
    onPullRequest: (known) => pullRequestLooks.soon(lookKey(known), known),
    onRun: (run) => runLooks.soon(run.id, run),
    onAccess: client.forget,
    clock,
    logger,
  });
  const { poll, fullCycles, nextFullCycle } = countFullCycles(services.poll);
  const pollLoop = createPollLoop(poll, pollAlarm, pollIntervalMs, logger, namedLooks);
  const engine = createEngine({ store, loops: [effectWorker, pollLoop], logger });
  const { app } = await createTestApp({ forgeWebhooks, runnerGateway, logger });
  await engine.start();
  return {
    app,
    store,
    tracker,
    databasePath,
    async poll() {
      const ended = nextFullCycle();
      pollAlarm.wake();
      await ended;
    },
    fullCycles,
    async close() {
      forgeWebhooks.stop();
      pullRequestLooks.stop();
      runLooks.stop();
      await engine.stop();
      await app.close();
      await store.close();
    },
  };
};

const githubAdapters = async ({ emulator, app }: StormServiceOptions) => {
  const client = createGithubClient({
    appId: app.id,
    privateKey: app.privateKey,
    apiUrl: emulator.apiUrl,
    clock,
    gate: { retryDelayMs: 20, timeoutMs: 5_000 },
  });
  const [createForge, createExecutor] = await Promise.all([
    forgeFactories.github(),
    executorFactories["github-actions"](),
  ]);
  const callback = { url: orchestratorUrl };
  return {
    client,
    forge: createForge({ client, clock }),
    executor: createExecutor({ client, clock, callback, needsClaimToken: false }),
  };
};

/** The poll, and a way to wait for the next full cycle that begins. */
const countFullCycles = (poll: Poll) => {
  let begun = 0;
  const waiting: { readonly cycle: number; readonly resolve: () => void }[] = [];
  const endOf = (cycle: number): void => {
    const over = waiting.filter((each) => each.cycle <= cycle);
    for (const each of over) {
      waiting.splice(waiting.indexOf(each), 1);
      each.resolve();
    }
  };
  return {
    poll: {
      status: poll.status,
      async cycle(named?: Parameters<Poll["cycle"]>[0]) {
        if (named !== undefined) return poll.cycle(named);
        begun += 1;
        const mine = begun;
        try {
          await poll.cycle();
        } finally {
          endOf(mine);
        }
      },
    },
    fullCycles: () => begun,
    nextFullCycle: () =>
      new Promise<void>((resolve) => {
        waiting.push({ cycle: begun + 1, resolve });
      }),
  };
};
