import { defaultReconcilePolicy } from "../../core/reconcile/reconcile-run.ts";
import { aPolicy } from "../../core/testing/builders.ts";
import { minutes } from "../../core/time.ts";
import type { Clock, NewId } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Store } from "../../ports/store.ts";
import type { Adapters } from "../adapters.ts";
import type { Alarm } from "../alarm.ts";
import { createDeliver, createRefused } from "../effects/deliver.ts";
import { createEffectWorker } from "../effects/effect-worker.ts";
import { createEngine, type Engine, type Loop } from "../engine.ts";
import { createHealth, type Health } from "../health.ts";
import { createOperatorService, type OperatorService } from "../operator/operator-service.ts";
import { createPoll, type Poll } from "../poll/poll.ts";
import { createReconcile, type Reconcile } from "../poll/reconcile.ts";
import { createJobMaker, type JobMaker } from "../runs/job-maker.ts";
import { createRunEvents, type RunEvents } from "../runs/run-events.ts";
import { createRunTokens, type RunTokens } from "../runs/run-tokens.ts";
import { createRunnerGateway, type RunnerGateway } from "../runs/runner-gateway.ts";

export interface ServicesOptions {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly pollAlarm: Alarm;
  readonly effectAlarm: Alarm;
  /** One delivery's time limit, in ms. Default: one that no test reaches. */
  readonly deliveryTimeoutMs?: number;
}

export interface Services {
  readonly runEvents: RunEvents;
  readonly tokens: RunTokens;
  readonly jobs: JobMaker;
  readonly gateway: RunnerGateway;
  readonly reconcile: Reconcile;
  readonly poll: Poll;
  readonly effectWorker: Loop;
  readonly operator: OperatorService;
  readonly health: Health;
  readonly engine: Engine;
}

export const testPollIntervalMs = 60_000;

/** Wired as the service wires itself; only the poll is left to the test's own hand. */
export const createServices = async (options: ServicesOptions): Promise<Services> => {
  const { store, adapters, clock, newId, logger, pollAlarm, effectAlarm } = options;
  const onEffects = effectAlarm.wake;
  const runEvents = createRunEvents({
    store,
    clock,
    logger,
    retry: aPolicy.retry,
    onEffects,
    onEnded: pollAlarm.wake,
  });
  const tokens = createRunTokens(await store.setting("runner-token-secret", () => "a secret of the tests"));
  const jobs = createJobMaker({ store, adapters, tokens, agent: { kind: "scripted", script: "story" } });
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
    policy: aPolicy,
    clock,
    newId,
    logger,
    onEffects,
  });
  const effectWorker = createEffectWorker({
    queue: store.effects,
    clock,
    logger,
    alarm: effectAlarm,
    deliver: createDeliver({
      store,
      adapters,
      runEvents,
      tokens,
      clock,
      orchestratorUrl: () => "http://127.0.0.1:8080",
    }),
    refused: createRefused(runEvents),
    concurrency: 32,
    timeoutMs: options.deliveryTimeoutMs ?? minutes(1),
  });
  return {
    runEvents,
    tokens,
    jobs,
    gateway: createRunnerGateway({ store, runEvents, tokens, jobs }),
    reconcile,
    poll,
    effectWorker,
    operator: createOperatorService({
      store,
      adapters,
      runEvents,
      clock,
      onChange() {
        effectAlarm.wake();
        pollAlarm.wake();
      },
    }),
    health: createHealth(store, poll.status, clock, testPollIntervalMs),
    engine: createEngine({ store, loops: [effectWorker], logger }),
  };
};
