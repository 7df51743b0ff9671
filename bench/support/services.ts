import { defaultReconcilePolicy } from "@ai-implement/orchestrator/core/reconcile/reconcile-run.ts";
import { aPolicy, aRunId } from "@ai-implement/orchestrator/core/testing/builders.ts";
import { seconds } from "@ai-implement/orchestrator/core/time.ts";
import type { Clock } from "@ai-implement/orchestrator/ports/clock.ts";
import type { Logger } from "@ai-implement/orchestrator/ports/logger.ts";
import type { EffectRecord, Store } from "@ai-implement/orchestrator/ports/store.ts";
import { createAlarm } from "@ai-implement/orchestrator/services/alarm.ts";
import { createDeliver, createRefused } from "@ai-implement/orchestrator/services/effects/deliver.ts";
import {
  createEffectWorker,
  type EffectWorker,
} from "@ai-implement/orchestrator/services/effects/effect-worker.ts";
import { createPoll, type Poll } from "@ai-implement/orchestrator/services/poll/poll.ts";
import { createReconcile } from "@ai-implement/orchestrator/services/poll/reconcile.ts";
import { createRunEvents } from "@ai-implement/orchestrator/services/runs/run-events.ts";
import { createRunTokens } from "@ai-implement/orchestrator/services/runs/run-tokens.ts";
import type { Receivers } from "./receivers.ts";

export interface Services {
  readonly poll: Poll;
  readonly effectWorker: EffectWorker;
}

/** As many lanes at once as `compose` allows. */
export const concurrency = 32;

const clock: Clock = { now: () => Date.now() };

const nothing = (): undefined => undefined;
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent };

/** The poll and the effect worker, wired as `compose` wires them. `onDelivered`: recorded as delivered. */
export const createServices = (
  store: Store,
  { tracker, executor }: Receivers,
  onDelivered: (record: EffectRecord) => void,
): Services => {
  const alarm = createAlarm();
  const runEvents = createRunEvents({
    store,
    clock,
    logger: silent,
    retry: aPolicy.retry,
    onEffects: alarm.wake,
    onEnded: nothing,
  });
  const adapters = {
    trackers: new Map([[tracker.kind, tracker]]),
    forges: new Map(),
    executors: new Map([[executor.kind, executor]]),
  };
  const deliver = createDeliver({
    store,
    adapters,
    runEvents,
    tokens: createRunTokens("a secret of the benches"),
    clock,
    orchestratorUrl: () => "http://127.0.0.1:8080",
  });
  return {
    poll: createPoll({
      store,
      adapters,
      reconcile: createReconcile({
        store,
        adapters,
        runEvents,
        policy: defaultReconcilePolicy,
        clock,
        logger: silent,
      }),
      policy: aPolicy,
      clock,
      newId: createIds(),
      logger: silent,
      onEffects: alarm.wake,
    }),
    effectWorker: createEffectWorker({
      queue: store.effects,
      clock,
      logger: silent,
      alarm,
      async deliver(record) {
        await deliver(record);
        onDelivered(record);
      },
      refused: createRefused(runEvents),
      concurrency,
      timeoutMs: seconds(60),
    }),
  };
};

const createIds = (): (() => string) => {
  let made = 0;
  return () => {
    made += 1;
    return aRunId(made);
  };
};
