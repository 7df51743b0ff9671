import { isTerminal, type Run, type RunId } from "../../core/run.ts";
import { causeOf, type RunEvent } from "../../core/runs/events.ts";
import type { RetryPolicy } from "../../core/runs/retry.ts";
import { type Transition, transition } from "../../core/runs/transition.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Change, Store } from "../../ports/store.ts";
import type { IntakeRedaction } from "./redact-intake.ts";

export interface RunEventsDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retry: RetryPolicy;
  /** Takes configured secrets and known token formats out of what a runner says (§11.10). */
  readonly intake: IntakeRedaction;
  /** Called after a commit that recorded effects. */
  readonly onEffects: () => void;
  /** Called after a run ended: its ticket, and those that waited for its place, can be decided anew. */
  readonly onEnded: () => void;
}

export type Applied = Pick<Transition, "run" | "applied">;

export interface RunEvents {
  /**
   * Moves the run and records everything that follows from it, with `also`, in one transaction. `also` is written
   * even when the event does not apply, but for steps and activity of a run that has ended. Null: there is no such run.
   */
  apply(runId: RunId, event: RunEvent, also?: Change): Promise<Applied | null>;
}

/** Enough for every writer of one run to get its turn; a run has three at most. */
const maxConflicts = 20;

export const createRunEvents = ({
  store,
  clock,
  logger,
  retry,
  intake,
  onEffects,
  onEnded,
}: RunEventsDependencies): RunEvents => ({
  async apply(runId, said, spoken = {}) {
    const also = redactedChange(spoken, intake);
    for (let tries = 0; tries < maxConflicts; tries += 1) {
      const found = await store.findRun(runId);
      if (found === null) return null;
      const now = clock.now();
      const event = redactedEvent(said, found.value, intake);
      const moved = transition(found.value, event, { now, retry });
      const change = withConsequences(moved, event, now, stillWanted(found.value, also));
      if (moved.applied || !isEmpty(change)) {
        const runs = moved.applied ? [{ value: moved.run, version: found.version }] : [];
        if ((await store.commit({ ...change, runs })) === "conflict") continue;
      }
      tell(logger, found.value, moved, event);
      if (moved.effects.length > 0) onEffects();
      if (moved.applied && isTerminal(moved.run.state)) onEnded();
      return { run: moved.run, applied: moved.applied };
    }
    throw new Error(`Run ${runId} changed ${maxConflicts} times while "${said.kind}" was being recorded.`);
  },
});

/** Every message too: an executor quotes the log of an attempt that failed, and a vendor quotes what it was sent. */
const redactedEvent = (event: RunEvent, { branch }: Run, intake: IntakeRedaction): RunEvent => {
  if (event.kind === "reported") return { ...event, report: intake.report(event.report, branch) };
  return "message" in event ? { ...event, message: intake.line(event.message) } : event;
};

const redactedChange = (change: Change, intake: IntakeRedaction): Change => ({
  ...change,
  ...(change.steps === undefined
    ? {}
    : { steps: change.steps.map(({ runId, step }) => ({ runId, step: intake.step(step) })) }),
  ...(change.activity === undefined
    ? {}
    : { activity: change.activity.map(({ runId, line }) => ({ runId, line: intake.line(line) })) }),
});

/** The account of a run that has ended is closed as well: its runner could rewrite what people have read (§15). */
const stillWanted = (before: Run, also: Change): Change =>
  isTerminal(before.state) ? { ...also, steps: [], activity: [] } : also;

/** The event's own effects and history, beside what the caller adds. */
const withConsequences = (moved: Transition, event: RunEvent, at: number, also: Change): Change => {
  const { run, effects, applied } = moved;
  const report = run.report;
  const planned = applied && run.state === "succeeded" && report?.outcome === "planned";
  // A heartbeat is not a transition: it would bury the history under one row every few seconds.
  const historic = event.kind !== "progressed";
  return {
    ...also,
    effects: [...effects, ...(also.effects ?? [])],
    history: historic ? [{ runId: run.id, at, event: event.kind, cause: causeOf(event), applied }] : [],
    plans: planned ? [{ ticketId: run.ticket.id, runId: run.id, plan: report.plan, at }] : [],
  };
};

const isEmpty = (change: Change): boolean =>
  Object.values(change).every((part: readonly unknown[]) => part.length === 0);

const tell = (logger: Logger, before: Run, { run, applied }: Transition, event: RunEvent): void => {
  const fields = { run: run.id, ticket: run.ticket.identifier, phase: run.phase, event: event.kind };
  if (!applied) logger.debug(fields, "event did not apply");
  else if (before.state !== run.state)
    logger.info({ ...fields, from: before.state, to: run.state, failure: run.failure }, "run moved");
};
