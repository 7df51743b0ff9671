import { type Project, scopeKey, scopeOf } from "../project.ts";
import { isLive, type Phase } from "../run.ts";
import { isTransient } from "../runs/failure.ts";
import { retryAt, willRetry } from "../runs/retry.ts";
import { isFailed, isWorking, type Ticket } from "../ticket.ts";
import type { Instant } from "../time.ts";
import { type Ledger, openLedger } from "./admission.ts";
import type { Decision, SkipReason } from "./decision.ts";
import { nextPhase } from "./phase.ts";
import { emptyHistory, type LastRun, type LiveRun, type Snapshot, type TicketHistory } from "./snapshot.ts";

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
  if (project === undefined) return skip({ kind: "no-mapping" });
  const standing = alreadyHandled(scene, ticket, history, liveRun);
  if (standing !== null) return skip(standing);
  const hold = heldBack(scene, ticket, project);
  if (hold !== null) return skip(hold);
  const next = nextPhase(ticket, project, history);
  if (next.kind === "awaiting-approval") return skip(next);
  const lease = history.leases.find(({ phase, until }) => phase === next.phase && until > scene.now);
  if (lease !== undefined) return skip({ kind: "dedup", until: lease.until, runId: lease.runId });
  const refusal = scene.ledger.refusal(ticket, project);
  if (refusal !== null) return skip(refusal);
  scene.ledger.admit(ticket, project);
  const tryNumber = nextTry(history.lastRun, next.phase);
  return { kind: "dispatch", ticket, project, phase: next.phase, tryNumber };
};

/** What our own record says: something works on it, it is done, or it failed. */
const alreadyHandled = (
  { snapshot: { policy }, now }: Scene,
  ticket: Ticket,
  { lastRun, pullRequest, strayingSince, resetAt }: TicketHistory,
  liveRun: LiveRun | undefined,
): SkipReason | null => {
  if (liveRun !== undefined)
    return { kind: "in-flight", runId: liveRun.id, phase: liveRun.phase, since: liveRun.admittedAt };
  if (lastRun !== undefined) {
    const verdict = afterRun(lastRun, pullRequest, policy.retry, now);
    if (verdict !== null) return verdict;
  }
  if (ticket.stage === "pr-open" && lastRun === undefined)
    return { kind: "ready-for-review", pullRequest: pullRequest?.number ?? null };
  if (isFailed(ticket.stage) && lastRun === undefined && resetAt === undefined)
    return { kind: "parked", why: "its marker in the tracker says that it failed", since: ticket.updatedAt };
  if (strayingSince !== undefined && isWorking(ticket.stage))
    return { kind: "in-flight", runId: null, resetsAt: strayingSince + policy.strayAfterMs };
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
      return { kind: "in-flight", runId: lastRun.id, phase: lastRun.phase, since: lastRun.admittedAt };
    case "cancelled":
      return null;
    case "succeeded":
    case "review_failed":
      if (lastRun.phase === "plan") return null;
      return pullRequest?.state === "closed"
        ? { kind: "parked", why: `pull request #${pullRequest.number} was closed without a merge`, since }
        : { kind: "ready-for-review", pullRequest: pullRequest?.number ?? null };
    case "failed":
    case "timed_out": {
      const why = lastRun.failure?.message ?? lastRun.state;
      if (!willRetry(lastRun, retry)) return { kind: "parked", why, since };
      const until = retryAt(lastRun, retry);
      return until > now ? { kind: "backing-off", until, why } : null;
    }
  }
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
      compareText(a.ticket.id, b.ticket.id),
  );
  return ranked.map(({ ticket }) => ticket);
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
