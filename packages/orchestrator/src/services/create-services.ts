import type { AgentSettings } from "@ai-implement/contracts";
import type { DispatchPolicy } from "../core/dispatch/snapshot.ts";
import type { ReconcilePolicy } from "../core/reconcile/reconcile-run.ts";
import type { Receiver } from "../core/runs/effects.ts";
import { seconds } from "../core/time.ts";
import type { Clock, NewId } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { EffectRecord, Store } from "../ports/store.ts";
import type { Adapters } from "./adapters.ts";
import type { Alarm } from "./alarm.ts";
import { createDeliver, createRefused } from "./effects/deliver.ts";
import { createEffectWorker } from "./effects/effect-worker.ts";
import type { Loop } from "./engine.ts";
import { createOperatorService, type OperatorService } from "./operator/operator-service.ts";
import { createProjectService, type ProjectService } from "./operator/project-service.ts";
import { createPoll, type Poll } from "./poll/poll.ts";
import { createReconcile, type Reconcile } from "./poll/reconcile.ts";
import { createWatchList, type WatchList } from "./poll/watch-list.ts";
import { createJobMaker, type JobMaker } from "./runs/job-maker.ts";
import { createRunEvents, type RunEvents } from "./runs/run-events.ts";
import { createRunTokens, type RunTokens } from "./runs/run-tokens.ts";
import { createRunnerGateway, type RunnerGateway } from "./runs/runner-gateway.ts";

export interface ServicesOptions {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly policy: DispatchPolicy;
  readonly reconcilePolicy: ReconcilePolicy;
  readonly agent: AgentSettings;
  /** Signs what runners prove themselves with. */
  readonly tokenSecret: string;
  /** How a runner reaches us; asked at each dispatch, because it is known only once we listen. */
  readonly orchestratorUrl: () => string;
  /** Rings when something changed that the next decision should see. */
  readonly pollAlarm: Alarm;
  /** Rings when effects were recorded. */
  readonly effectAlarm: Alarm;
  /** One delivery's time limit, in ms. */
  readonly deliveryTimeoutMs?: number;
  /** Called after each delivery that succeeded. */
  readonly onDelivered?: (record: EffectRecord) => void;
}

export interface Services {
  readonly runEvents: RunEvents;
  readonly tokens: RunTokens;
  readonly jobs: JobMaker;
  readonly runnerGateway: RunnerGateway;
  readonly reconcile: Reconcile;
  readonly poll: Poll;
  /** What the poll knows, for the webhooks. */
  readonly watchList: WatchList;
  readonly effectWorker: Loop;
  readonly projects: ProjectService;
  readonly operator: OperatorService;
}

/** Lanes of one receiver that deliver at once. A tracker puts many tickets' writes into one request: they come together. */
const placesOf = (receiver: Receiver): number => (receiver.startsWith("tracker:") ? 128 : 32);

/** The services over whatever store and adapters they are given. Nothing polls or delivers yet. */
export const createServices = (options: ServicesOptions): Services => {
  const { store, adapters, clock, newId, logger, policy, pollAlarm, effectAlarm } = options;
  const runEvents = createRunEvents({
    store,
    clock,
    logger,
    retry: policy.retry,
    onEffects: effectAlarm.wake,
    onEnded: pollAlarm.wake,
  });

  const tokens = createRunTokens(options.tokenSecret);
  const jobs = createJobMaker({ store, adapters, tokens, agent: options.agent });
  const runnerGateway = createRunnerGateway({ store, runEvents, tokens, jobs });

  const reconcile = createReconcile({
    store,
    adapters,
    runEvents,
    policy: options.reconcilePolicy,
    clock,
    logger,
  });
  const watchList = createWatchList();
  const poll = createPoll({
    store,
    adapters,
    reconcile,
    policy,
    clock,
    newId,
    logger,
    watchList,
    onEffects: effectAlarm.wake,
    onFullLookWanted: pollAlarm.wake,
  });

  const { orchestratorUrl, onDelivered } = options;
  const deliver = createDeliver({ store, adapters, runEvents, tokens, clock, orchestratorUrl });
  const effectWorker = createEffectWorker({
    queue: store.effects,
    clock,
    logger,
    alarm: effectAlarm,
    deliver: async (record) => {
      await deliver(record);
      onDelivered?.(record);
    },
    refused: createRefused(runEvents),
    placesOf,
    timeoutMs: options.deliveryTimeoutMs ?? seconds(60),
  });

  const onChange = (): void => {
    effectAlarm.wake();
    pollAlarm.wake();
  };
  const operator = createOperatorService({ store, adapters, runEvents, clock, onChange });
  const projects = createProjectService({ store, adapters, onChange });
  return {
    runEvents,
    tokens,
    jobs,
    runnerGateway,
    reconcile,
    poll,
    watchList,
    effectWorker,
    projects,
    operator,
  };
};
