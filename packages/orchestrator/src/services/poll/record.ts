import { isDeepStrictEqual } from "node:util";
import type { Assessment } from "../../core/dispatch/assess.ts";
import { decide } from "../../core/dispatch/decide.ts";
import type { Decision, Dispatch } from "../../core/dispatch/decision.ts";
import type { Obstacle } from "../../core/dispatch/snapshot.ts";
import { clearingAction, explainHeldUp } from "../../core/messages/explain.ts";
import { cancelCause } from "../../core/reconcile/reconcile-ticket.ts";
import { admit } from "../../core/runs/admit.ts";
import { ticketStage } from "../../core/runs/after-review.ts";
import type { EffectIntent } from "../../core/runs/effects.ts";
import type { FormatInstant, Instant } from "../../core/time.ts";
import type { NewId } from "../../ports/clock.ts";
import {
  attemptKey,
  type Change,
  type DispatchFacts,
  type KnownTicket,
  type StoredDecision,
} from "../../ports/store.ts";
import type { FoundTickets } from "./missing.ts";
import type { Gathered } from "./snapshot.ts";

export interface Recording {
  readonly decisions: readonly Decision[];
  readonly change: Change;
}

/** An instant as comments and explanations write it: `2026-11-22 09:12 UTC`. */
export const formatInstant: FormatInstant = (at) =>
  `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** Decides, and writes down all that follows as one change (§6.2, §6.3). Nothing happens before it is stored. */
export const decideAndRecord = (
  { snapshot, assessment }: Gathered,
  found: FoundTickets,
  known: readonly KnownTicket[],
  facts: DispatchFacts,
  newId: NewId,
  now: Instant,
): Recording => {
  const decisions = decide(snapshot, now);
  const admissions = decisions
    .filter((decision) => decision.kind === "dispatch")
    .map((decision) => admitted(decision, snapshot, facts, newId, now));
  return {
    decisions,
    change: {
      admissions: admissions.map(({ run, lease }) => ({ run, lease })),
      effects: [
        ...admissions.flatMap(({ effects }) => effects),
        ...strayResets(decisions, snapshot.histories, now),
      ],
      history: admissions.map(({ run }) => ({
        runId: run.id,
        at: now,
        event: "admitted",
        cause: `poll: ${run.phase}, attempt ${run.attempt}`,
        applied: true,
      })),
      resets: assessment.remarked.map((ticketId) => ({ ticketId, at: now })),
      knownTickets: [
        ...changedTickets(decisions, assessment, known, facts, now),
        ...vanishedTickets(found, known),
      ],
    },
  };
};

const admitted = (
  { ticket, project, phase, tryNumber }: Dispatch,
  { histories, policy: { forcedExecutor } }: Gathered["snapshot"],
  facts: DispatchFacts,
  newId: NewId,
  now: Instant,
) => {
  const attempt = (facts.lastAttempts.get(attemptKey(ticket.id, phase)) ?? 0) + 1;
  const opened = histories.get(ticket.id)?.pullRequest;
  // Its title may have changed since: the branch of the open pull request stays (§12).
  const branch = opened?.state === "open" ? { branch: opened.head } : {};
  const executor = forcedExecutor === undefined ? {} : { executor: forcedExecutor };
  return admit({ id: newId(), ticket, project, phase, attempt, tryNumber, ...branch, ...executor }, now);
};

/** A working marker that nobody stands behind is taken back after its ten minutes (§5.1). */
const strayResets = (
  decisions: readonly Decision[],
  histories: Gathered["snapshot"]["histories"],
  now: Instant,
): readonly EffectIntent[] =>
  decisions.flatMap((decision) => {
    if (decision.kind === "dispatch" || decision.reason.kind !== "in-flight") return [];
    const { ticket, reason } = decision;
    if (reason.runId !== null || reason.resetsAt > now) return [];
    const resting = histories.get(ticket.id)?.plan === undefined ? "marked" : "plan-complete";
    return [ticketStage(ticket, resting, `stray-${reason.resetsAt}`)];
  });

const changedTickets = (
  decisions: readonly Decision[],
  { straying }: Assessment,
  known: readonly KnownTicket[],
  { obstacles }: DispatchFacts,
  now: Instant,
): readonly KnownTicket[] => {
  const before = new Map(known.map((entry) => [entry.ticket.id, entry]));
  return decisions.flatMap((decision) => {
    const { ticket } = decision;
    const previous = before.get(ticket.id);
    const entry: KnownTicket = {
      ticket,
      sight: ticket.stage,
      strayingSince: straying.get(ticket.id) ?? null,
      decision: storedDecision(decision, obstacles.get(ticket.id), previous?.decision ?? null, now),
    };
    return isDeepStrictEqual(entry, previous) ? [] : [entry];
  });
};

/** The same decision keeps the instant at which it was first made. */
const storedDecision = (
  decision: Decision,
  obstacle: Obstacle | undefined,
  previous: StoredDecision | null,
  now: Instant,
): StoredDecision => {
  const skipped = decision.kind === "skip" ? decision.reason : null;
  const stored = {
    kind: decision.kind,
    reason: skipped?.kind ?? "dispatch",
    explanation: explainHeldUp(decision, obstacle, formatInstant),
    action: skipped === null ? null : clearingAction(skipped),
  };
  const same =
    previous !== null && previous.reason === stored.reason && previous.explanation === stored.explanation;
  return { ...stored, decidedAt: same ? previous.decidedAt : now };
};

/** Marked until now, and its tracker answered that it no longer is, or that it is finished or gone. */
const vanishedTickets = (found: FoundTickets, known: readonly KnownTicket[]): readonly KnownTicket[] =>
  known
    .filter(({ ticket, sight }) => {
      const answer = found.get(ticket.id);
      return sight !== "unmarked" && answer !== undefined && cancelCause(answer) !== null;
    })
    .map((entry) => ({ ...entry, sight: "unmarked", strayingSince: null, decision: null }));
