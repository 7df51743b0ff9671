import { defaultReconcilePolicy } from "@ai-implement/orchestrator/core/reconcile/reconcile-run.ts";
import { aPolicy, aRunId } from "@ai-implement/orchestrator/core/testing/builders.ts";
import type { Logger } from "@ai-implement/orchestrator/ports/logger.ts";
import type { EffectRecord, Store } from "@ai-implement/orchestrator/ports/store.ts";
import { type Alarm, createAlarm } from "@ai-implement/orchestrator/services/alarm.ts";
import {
  createServices,
  type Services,
  type ServicesOptions,
} from "@ai-implement/orchestrator/services/create-services.ts";
import { effectGatherMs } from "@ai-implement/orchestrator/services/effects/effect-worker.ts";
import type { Receivers } from "./receivers.ts";

const nothing = (): undefined => undefined;
export const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silent,
};

export interface BenchServicesOptions {
  readonly pollAlarm?: Alarm;
  readonly imageFor?: ServicesOptions["imageFor"];
}

/** The service's own services over a tracker and an executor in memory. */
export const createBenchServices = (
  store: Store,
  { tracker, executor }: Pick<Receivers, "tracker" | "executor">,
  onDelivered: (record: EffectRecord) => void,
  { pollAlarm = createAlarm(), imageFor = async () => null }: BenchServicesOptions = {},
): Services =>
  createServices({
    store,
    adapters: {
      trackers: new Map([[tracker.kind, tracker]]),
      forges: new Map(),
      executors: new Map([[executor.kind, executor]]),
    },
    clock: { now: () => Date.now() },
    newId: createIds(),
    logger: silent,
    policy: aPolicy,
    reconcilePolicy: defaultReconcilePolicy,
    agent: { kind: "scripted", script: "never run" },
    tokenSecret: "a secret of the benches",
    orchestratorUrl: () => "http://127.0.0.1:8080",
    identities: null,
    imageFor,
    onFeedback: () => undefined,
    syncTemplates: async () => undefined,
    pollAlarm,
    // As `compose` has it: it is part of what is measured.
    effectAlarm: createAlarm(effectGatherMs),
    onDelivered,
  });

const createIds = (): (() => string) => {
  let made = 0;
  return () => {
    made += 1;
    return aRunId(made);
  };
};
