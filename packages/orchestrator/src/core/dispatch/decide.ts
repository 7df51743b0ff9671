import { type Project, scopeKey, scopeOf } from "../project.ts";
import { isLive, type Phase } from "../run.ts";
import type { Lease } from "../runs/admit.ts";
import { isTransient } from "../runs/failure.ts";
import { retryAt, willRetry } from "../runs/retry.ts";
import { isFailed, type Ticket, type TicketId } from "../ticket.ts";
import type { Instant } from "../time.ts";
import { type Ledger, openLedger } from "./admission.ts";
import type { Decision, SkipReason } from "./decision.ts";
import { nextPhase } from "./phase.ts";
import {
  emptyHistory,
  type LastRun,
  type LiveRun,
  type Snapshot,
  showsWork,
  type TicketHistory,
} from "./snapshot.ts";

/**
 * One decision per marked ticket, most urgent first (§6). The poll acts on them; the API, the Blockers page and
 * `ai-implement plan` show the same ones.
 */
export const decide = (snapshot: Snapshot, now: Instant): readonly Decision[] => {
  const projects = new Map(snapshot.projects.map((project) => [scopeKey(scopeOf(project)), project]));
  const live = new Map(snapshot.liveRuns.map((run) => [run.ticketId, run]));
  const ledger = openLedger(snapshot);
  return inOrder(snapshot, projects).map((ticket) => {
    const history = snapshot.histories.get(ticket.id) ?? emptyHistory;
    return decideOne(
      { snapshot, ledger, now },
      ticket,
      projects.get(scopeKey(ticket)),
      history,
      live.get(ticket.id),
    );
  });
};

interface Scene {
  readonly snapshot: Snapshot;
  readonly ledger: Ledger;
  readonly now: Instant;
}

const decideOne = (
  scene: Scene,
  ticket: Ticket,
  project: Project | undefined,
  history: TicketHistory,
  liveRun: LiveRun | undefined,
): Decision => {
  const skip = (reason: SkipReason): Decision => ({ kind: "skip", ticket, reason });
  if (liveRun !== undefined) return skip(inFlight(liveRun));
  if (project === undefined) return skip({ kind: "no-mapping" });
  const isAsked = asksForRevision(ticket, history, scene.now);
  const standing = isAsked ? null : alreadyHandled(scene, ticket, history);
  if (standing !== null) return skip(standing);
  const hold = heldBack(scene, ticket, project);
  if (hold !== null) return skip(hold);
  const next = isAsked ? revision : nextPhase(ticket, project, history);
  if (next.kind === "awaiting-approval") return skip(next);
  const lease = history.leases.find((held) => held.phase === next.phase && holds(held, history, scene.now));
  if (lease !== undefined) return skip({ kind: "dedup", until: lease.until, runId: lease.runId });
  const refusal = scene.ledger.refusal(ticket, project);
  if (refusal !== null) return skip(refusal);
  scene.ledger.admit(ticket, project, next.phase);
  const tryNumber = isAsked ? 1 : nextTry(history.lastRun, next.phase);
  return { kind: "dispatch", ticket, project, phase: next.phase, tryNumber };
};

/** For 24 hours, or until its run fails in a way that is tried again (§5.4). */
const holds = ({ until, runId }: Lease, { lastRun }: TicketHistory, now: Instant): boolean =>
  until > now && !(lastRun?.id === runId && lastRun.failure !== undefined);

const revision = { kind: "phase", phase: "revise" } as const;

/**
 * People asked for a change of the open pull request (§12). A revision that failed with these very words is retried or
 * parked as any other run; new words are a new beginning.
 */
const asksForRevision = (
  { stage }: Ticket,
  { feedback, lastRun, pullRequest }: TicketHistory,
  now: Instant,
): boolean => {
  if (feedback === undefined || feedback.readyAt > now) return false;
  if (pullRequest?.state !== "open" || stage === "merged") return false;
  if (lastRun === undefined) return true;
  if (isLive(lastRun.state)) return false;
  const failed = lastRun.state === "failed" || lastRun.state === "timed_out";
  return !failed || feedback.receivedAt > (lastRun.endedAt ?? lastRun.admittedAt);
};

const inFlight = ({ id, phase, admittedAt }: LiveRun | LastRun): SkipReason => ({
  kind: "in-flight",
  runId: id,
  phase,
  since: admittedAt,
});

/** What our own record says: something works on it, it is done, or it failed. Only then the marker speaks. */
const alreadyHandled = (
  { snapshot: { policy }, now }: Scene,
  ticket: Ticket,
  history: TicketHistory,
): SkipReason | null => {
  const { lastRun, pullRequest, strayingSince } = history;
  const verdict =
    (lastRun === undefined ? null : afterRun(lastRun, pullRequest, policy.retry, now)) ??
    byMarker(ticket, history);
  if (verdict !== null) return verdict;
  if (strayingSince !== undefined && showsWork(ticket, history))
    return { kind: "in-flight", runId: null, resetsAt: strayingSince + policy.strayAfterMs };
  return null;
};

/** Where no run of ours counts, the tracker's own word does; a person who said "again" outranks a failure. */
const byMarker = (
  { stage, updatedAt }: Ticket,
  { lastRun, pullRequest, resetAt }: TicketHistory,
): SkipReason | null => {
  if (stage === "merged")
    return { kind: "ready-for-review", pullRequest: pullRequest?.number ?? null, merged: true };
  if (lastRun !== undefined) return null;
  if (stage === "pr-open" && (pullRequest?.state !== "closed" || resetAt === undefined))
    return inReview(pullRequest, updatedAt);
  if (isFailed(stage) && resetAt === undefined)
    return { kind: "parked", why: "its marker in the tracker says that it failed", since: updatedAt };
  return null;
};

const afterRun = (
  lastRun: LastRun,
  pullRequest: TicketHistory["pullRequest"],
  retry: Snapshot["policy"]["retry"],
  now: Instant,
): SkipReason | null => {
  const since = lastRun.endedAt ?? lastRun.admittedAt;
  switch (lastRun.state) {
    case "queued":
    case "dispatching":
    case "running":
      return inFlight(lastRun);
    case "cancelled":
      // A revision that was stopped leaves the pull request as it found it.
      return lastRun.phase === "revise" ? inReview(pullRequest, since) : null;
    case "succeeded":
    case "review_failed":
      return lastRun.phase === "plan" ? null : inReview(pullRequest, since);
    case "failed":
    case "timed_out": {
      // Whatever came of the run, what was asked for is in.
      if (pullRequest?.state === "merged") return inReview(pullRequest, since);
      const why = lastRun.failure?.message ?? lastRun.state;
      if (!willRetry(lastRun, retry)) return { kind: "parked", why, since };
      const until = retryAt(lastRun, retry);
      return until > now ? { kind: "backing-off", until, why } : null;
    }
  }
};

const inReview = (pullRequest: TicketHistory["pullRequest"], since: Instant): SkipReason =>
  pullRequest?.state === "closed"
    ? { kind: "parked", why: `pull request #${pullRequest.number} was closed without a merge`, since }
    : {
        kind: "ready-for-review",
        pullRequest: pullRequest?.number ?? null,
        merged: pullRequest?.state === "merged",
      };

/** What others say: the operator, the tracker, another ticket. */
const heldBack = ({ snapshot }: Scene, ticket: Ticket, project: Project): SkipReason | null => {
  if (project.paused) return { kind: "paused" };
  const failing = snapshot.failingTrackers.get(ticket.tracker);
  if (failing !== undefined) return { kind: "tracker-error", ...failing };
  if (ticket.blockedBy.length > 0) return { kind: "blocked", by: ticket.blockedBy };
  return null;
};

/** A retry of the same phase counts on; anything else begins at one. */
const nextTry = (lastRun: LastRun | undefined, phase: Phase): number =>
  lastRun?.failure !== undefined &&
  lastRun.phase === phase &&
  !isLive(lastRun.state) &&
  isTransient(lastRun.failure)
    ? lastRun.tryNumber + 1
    : 1;

/** Approved plans before new tickets, then priority, then age, then identifier (§6). */
const inOrder = (
  { tickets, histories }: Snapshot,
  projects: ReadonlyMap<string, Project>,
): readonly Ticket[] => {
  const ranked = tickets.map((ticket) => {
    const project = projects.get(scopeKey(ticket));
    const history = histories.get(ticket.id) ?? emptyHistory;
    const planned = history.plan !== undefined || ticket.planApproved || ticket.stage === "plan-complete";
    const approved = project !== undefined && planned && nextPhase(ticket, project, history).kind === "phase";
    return { ticket, rank: approved ? 0 : 1, urgency: ticket.priority === 0 ? 5 : ticket.priority };
  });
  ranked.sort(
    (a, b) =>
      a.rank - b.rank ||
      a.urgency - b.urgency ||
      a.ticket.createdAt - b.ticket.createdAt ||
      compareText(a.ticket.identifier, b.ticket.identifier) ||
      compareText(a.ticket.id, b.ticket.id) ||
      compareText(a.ticket.scope, b.ticket.scope),
  );
  // Two projects whose scopes overlap both show the ticket: it is still one ticket.
  const once = new Map<TicketId, Ticket>();
  for (const { ticket } of ranked) if (!once.has(ticket.id)) once.set(ticket.id, ticket);
  return [...once.values()];
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
