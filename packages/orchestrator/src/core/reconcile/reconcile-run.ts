import type { RunReport, StepReport } from "@ai-implement/contracts";
import type { ExecutorResource, Run } from "../run.ts";
import type { RunEvent } from "../runs/events.ts";
import { type Instant, minutes, seconds } from "../time.ts";

/** What an executor says of an attempt (§8.3). Unknown is not absent. */
export type Observation =
  /** `waits`: it is there, and nothing works on it yet. */
  | { readonly kind: "running"; readonly waits?: boolean; readonly resource?: ExecutorResource }
  /** It has ended. `report` is what it left beside itself, for when its answer never reached us. */
  | {
      readonly kind: "exited";
      readonly report: RunReport | null;
      /** The runner that left the report, where it says so. */
      readonly instance?: string;
      readonly steps?: readonly StepReport[];
      /** Known of an end without a report: somebody there wanted it, or what was left is no report. */
      readonly cause?: "cancelled" | "unusable-result";
      readonly detail: string;
      readonly resource?: ExecutorResource;
    }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly error: string };

export interface ReconcilePolicy {
  /** A claimed run that is silent for longer has lost its machine (§15), in ms. */
  readonly heartbeatTimeoutMs: number;
  /** Added to a run's `maxJobMinutes` before it is cut off, in ms. */
  readonly jobGraceMs: number;
  /** How long an executor may not list an attempt that it accepted, in ms. */
  readonly listLagMs: number;
}

export const defaultReconcilePolicy: ReconcilePolicy = {
  heartbeatTimeoutMs: minutes(10),
  jobGraceMs: minutes(5),
  listLagMs: seconds(10),
};

/** Recorded against observed: the event that brings them together, or null where they agree (§2 "Reconcile"). */
export const reconcileRun = (
  run: Run,
  observed: Observation,
  now: Instant,
  policy: ReconcilePolicy,
): RunEvent | null => {
  // It has said all it had to say: from here on only its pull request is missing.
  if (run.report !== undefined) return null;
  return fromObservation(run, observed, now, policy) ?? fromTheClock(run, now, policy);
};

const fromObservation = (
  run: Run,
  observed: Observation,
  now: Instant,
  { listLagMs }: ReconcilePolicy,
): RunEvent | null => {
  switch (observed.kind) {
    case "exited":
      return ofExited(run, observed);
    case "running":
      return ofRunning(run, observed);
    case "absent":
      // Until the dispatch is known to have gone through, its absence means nothing.
      return run.dispatchedAt !== undefined && now - run.dispatchedAt > listLagMs
        ? { kind: "lost", message: "The executor no longer has this attempt, and it left no result." }
        : null;
    case "unknown":
      return null;
  }
};

const ofExited = (
  { claimedBy }: Run,
  { report, instance, cause, detail }: Extract<Observation, { kind: "exited" }>,
): RunEvent => {
  if (report !== null) {
    // Whoever works where the attempt does can leave a report: of a claimed one only its claimant's counts (§8.1).
    const isForeign = claimedBy !== undefined && instance !== undefined && instance !== claimedBy;
    return isForeign
      ? { kind: "result-unusable", message: `It left the result of another runner than its own. ${detail}` }
      : { kind: "reported", instance: null, report };
  }
  if (cause === "cancelled") return { kind: "cancelled", cause: "executor" };
  return { kind: cause === "unusable-result" ? "result-unusable" : "lost", message: detail };
};

const ofRunning = (
  run: Run,
  { waits = false, resource }: Extract<Observation, { kind: "running" }>,
): RunEvent | null => {
  const found = resource === undefined ? {} : { resource };
  // Where executors keep attempts waiting, the time that a job may take begins when it is worked on.
  if (resource !== undefined && !waits && run.startedAt === undefined) return { kind: "started", ...found };
  // An earlier process of ours dispatched it and died before it could write that down, or was not told its name.
  const isNews = run.dispatchedAt === undefined || (resource !== undefined && run.resource === undefined);
  return isNews ? { kind: "dispatched", ...found } : null;
};

const fromTheClock = (
  run: Run,
  now: Instant,
  { heartbeatTimeoutMs, jobGraceMs }: ReconcilePolicy,
): RunEvent | null => {
  const startedAt = run.claimedAt ?? run.startedAt ?? run.dispatchedAt;
  if (startedAt === undefined) return null;
  const { maxJobMinutes } = run.settings;
  if (now - startedAt > minutes(maxJobMinutes) + jobGraceMs)
    return {
      kind: "timed-out",
      limit: "job-minutes",
      message: `The run took longer than the ${maxJobMinutes} minutes that its project allows (maxJobMinutes).`,
    };
  // Until it is claimed nobody has promised to be heard: a queue of the executor may be long.
  if (run.heartbeatAt !== undefined && now - run.heartbeatAt > heartbeatTimeoutMs)
    return {
      kind: "timed-out",
      limit: "silence",
      message: `Nothing was heard from the runner for ${Math.round(heartbeatTimeoutMs / minutes(1))} minutes.`,
    };
  return null;
};
