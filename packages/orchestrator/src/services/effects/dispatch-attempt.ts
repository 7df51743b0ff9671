import type { ExecutorKind, Repository } from "../../core/project.ts";
import type { Observation } from "../../core/reconcile/reconcile-run.ts";
import { isTerminal, type Run } from "../../core/run.ts";
import type { Effect } from "../../core/runs/effects.ts";
import type { Clock } from "../../ports/clock.ts";
import { DeliveryError } from "../../ports/delivery-error.ts";
import { attemptHandle, type Executor } from "../../ports/executor.ts";
import type { EffectRecord, Store } from "../../ports/store.ts";
import { type Adapters, executorFor } from "../adapters.ts";
import type { JobMaker } from "../runs/job-maker.ts";
import type { RunEvents } from "../runs/run-events.ts";
import type { RunTokens } from "../runs/run-tokens.ts";

export interface DispatchDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly runEvents: RunEvents;
  readonly tokens: RunTokens;
  readonly jobs: JobMaker;
  readonly clock: Clock;
  /** How a runner reaches us; known once we listen. */
  readonly orchestratorUrl: () => string;
  /** What a run on this repository works in; null: the executor's own default. Never throws. */
  readonly imageFor: (repository: Repository, executor: ExecutorKind) => Promise<string | null>;
}

type DispatchEffect = Extract<Effect, { kind: "dispatch-attempt" }>;

export const dispatchAttempt = async (
  dependencies: DispatchDependencies,
  record: EffectRecord,
  { runId, executor: kind }: DispatchEffect,
): Promise<void> => {
  const { store, adapters, runEvents, clock } = dependencies;
  const deliveredEffects = [{ id: record.id, at: clock.now() }];
  const run = (await store.findRun(runId))?.value;
  // Ended or claimed while it waited here: there is nothing left to start.
  if (run === undefined || isTerminal(run.state) || run.claimedBy !== undefined) {
    await store.commit({ deliveredEffects });
    return;
  }
  const executor = executorFor(adapters, kind);
  // An earlier try may have gone through: look before repeating it (§8.3).
  const there = record.attempts === 1 ? null : await lookFor(executor, run);
  if (there !== null) {
    const { resource } = there;
    const found = resource === undefined ? {} : { resource };
    await runEvents.apply(runId, { kind: "dispatched", ...found }, { deliveredEffects });
    return;
  }
  // Written down before the executor is asked: from here on it may have it.
  const begun = await runEvents.apply(runId, { kind: "dispatch-started" });
  const resource = await start(dependencies, executor, begun?.run ?? run);
  await runEvents.apply(
    runId,
    { kind: "dispatched", ...(resource === null ? {} : { resource }) },
    { deliveredEffects },
  );
};

const start = async (
  { tokens, jobs, orchestratorUrl, imageFor }: DispatchDependencies,
  executor: Executor,
  run: Run,
) =>
  executor.dispatch({
    ...attemptHandle(run),
    orchestratorUrl: orchestratorUrl(),
    claimToken: tokens.issue("claim", run.id),
    identifier: run.ticket.identifier,
    maxJobMinutes: run.settings.maxJobMinutes,
    provider: run.settings.provider,
    awsRegion: run.settings.awsRegion ?? null,
    image: await imageFor(run.repository, run.executor),
    machine: machineOf(run.settings),
    job: () => jobs.make(run, { detached: true }),
  });

/** Of a run that an earlier version admitted: the defaults of §5.1. */
const machineOf = ({ machineCpus = 2, machineMemoryMb = 4096 }: Run["settings"]) => ({
  cpus: machineCpus,
  memoryMb: machineMemoryMb,
});

type Present = Exclude<Observation, { kind: "absent" | "unknown" }>;

/** Null: it is not there. Unknown is not absent. @throws DeliveryError */
const lookFor = async (executor: Executor, run: Run): Promise<Present | null> => {
  const observed = await executor.observe(attemptHandle(run));
  if (observed.kind === "unknown")
    throw new DeliveryError(`Cannot tell yet whether the attempt is running: ${observed.error}`, {
      retryable: true,
    });
  return observed.kind === "absent" ? null : observed;
};
