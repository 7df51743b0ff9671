import type { FastifyInstance } from "fastify";
import { uuidv7 } from "uuidv7";
import { openSqliteStore } from "./adapters/store/sqlite/sqlite-store.ts";
import type { Config } from "./config.ts";
import { defaultReconcilePolicy } from "./core/reconcile/reconcile-run.ts";
import { seconds } from "./core/time.ts";
import {
  agentSettings,
  clock,
  createAdapters,
  databasePath,
  dispatchPolicy,
  notYetHere,
  randomSecret,
} from "./from-config.ts";
import { createApp } from "./http/app.ts";
import type { Logger } from "./ports/logger.ts";
import type { Store } from "./ports/store.ts";
import type { Adapters } from "./services/adapters.ts";
import { createAlarm } from "./services/alarm.ts";
import { createDeliver, createRefused } from "./services/effects/deliver.ts";
import { createEffectWorker } from "./services/effects/effect-worker.ts";
import { createEngine } from "./services/engine.ts";
import { createHealth } from "./services/health.ts";
import { createHousekeeping } from "./services/housekeeping.ts";
import { createOperatorService, type OperatorService } from "./services/operator/operator-service.ts";
import { createProjectService, type ProjectService } from "./services/operator/project-service.ts";
import { createPoll } from "./services/poll/poll.ts";
import { createPollLoop } from "./services/poll/poll-loop.ts";
import { createReconcile } from "./services/poll/reconcile.ts";
import { createJobMaker } from "./services/runs/job-maker.ts";
import { createRunEvents } from "./services/runs/run-events.ts";
import { createRunTokens } from "./services/runs/run-tokens.ts";
import { createRunnerGateway } from "./services/runs/runner-gateway.ts";

declare const __AI_IMPLEMENT_VERSION__: string | undefined;

export const version =
  typeof __AI_IMPLEMENT_VERSION__ === "undefined" ? "0.0.0-development" : __AI_IMPLEMENT_VERSION__;

export interface Orchestrator {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly projects: ProjectService;
  readonly operator: OperatorService;
  readonly adapters: Adapters;
  /** Begins to poll and deliver. `url` is where a runner on this machine reaches `app`. */
  start(url: string): Promise<void>;
  /** Ends polling and delivering within 8 s; the API still answers. Runners go on and are adopted by the next start. */
  stop(): Promise<void>;
  /** Stops, and closes everything within 10 s, in the reverse order of the opening. */
  close(): Promise<void>;
}

export interface ComposeOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** `PATH` for the runners that are started on this machine. */
  readonly path: string;
}

/** All wiring, read top to bottom. Nothing listens, polls or delivers until `start`. */
export const compose = async ({ config, logger, path }: ComposeOptions): Promise<Orchestrator> => {
  for (const warning of notYetHere(config)) logger.warn({}, warning);
  const { store, localPullRequests } = await openSqliteStore({ path: databasePath(config), clock });
  const adapters = createAdapters(config, localPullRequests, { path, logger });

  const pollAlarm = createAlarm();
  const effectAlarm = createAlarm();
  const policy = dispatchPolicy(config);
  const runEvents = createRunEvents({
    store,
    clock,
    logger,
    retry: policy.retry,
    onEffects: effectAlarm.wake,
    onEnded: pollAlarm.wake,
  });

  const secret =
    config.runs.callback?.tokenSecret ?? (await store.setting("runner-token-secret", randomSecret));
  const tokens = createRunTokens(secret);
  const jobs = createJobMaker({ store, adapters, tokens, agent: agentSettings(config) });
  const runnerGateway = createRunnerGateway({ store, runEvents, tokens, jobs });

  const reconcile = createReconcile({
    store,
    adapters,
    runEvents,
    policy: defaultReconcilePolicy,
    clock,
    logger,
  });
  const poll = createPoll({
    store,
    adapters,
    reconcile,
    policy,
    clock,
    newId: uuidv7,
    logger,
    onEffects: effectAlarm.wake,
  });
  const pollLoop = createPollLoop(poll, pollAlarm, config.service.pollIntervalMs, logger);

  let url = config.runs.callback?.baseUrl ?? "";
  const effectWorker = createEffectWorker({
    queue: store.effects,
    clock,
    logger,
    alarm: effectAlarm,
    deliver: createDeliver({ store, adapters, runEvents, tokens, clock, orchestratorUrl: () => url }),
    refused: createRefused(runEvents),
    concurrency: 32,
    timeoutMs: seconds(60),
  });

  const projects = createProjectService(store, adapters);
  const operator = createOperatorService({
    store,
    adapters,
    runEvents,
    clock,
    onChange() {
      effectAlarm.wake();
      pollAlarm.wake();
    },
  });
  const app = await createApp({
    store,
    clock,
    runnerGateway,
    projects,
    operator,
    health: createHealth(store, poll.status, clock, config.service.pollIntervalMs),
    accessCode: config.service.adminAccessCode,
    version,
    logger,
    startedAt: clock.now(),
  });
  const housekeeping = createHousekeeping({ store, adapters, clock, logger, alarm: createAlarm() });
  const engine = createEngine({ store, loops: [effectWorker, pollLoop, housekeeping], logger });

  return {
    app,
    store,
    projects,
    operator,
    adapters,
    async start(localUrl) {
      if (url === "") url = localUrl;
      await engine.start();
    },
    stop: engine.stop,
    async close() {
      await engine.stop();
      await app.close();
      await store.close();
    },
  };
};
