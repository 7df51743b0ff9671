import { type Project, scopeKey, scopeOf } from "../project.ts";
import type { Phase } from "../run.ts";
import type { Ticket, TicketId } from "../ticket.ts";
import type { SkipReason } from "./decision.ts";
import { emptyHistory, hasOpenPullRequest, type Snapshot, showsWork } from "./snapshot.ts";

/** What is used up already, counted once per snapshot and then kept true as tickets are let in. */
export interface Ledger {
  /** Why there is no room for this ticket, or null. Nothing changes. */
  refusal(ticket: Ticket, project: Project): SkipReason | null;
  /** The ticket goes in: it takes its place and reserves its budget. */
  admit(ticket: Ticket, project: Project, phase: Phase): void;
}

export const openLedger = (snapshot: Snapshot): Ledger => {
  const working = countWorking(snapshot);
  const reserved = new Map<string, number>();
  const inReview = new Map(snapshot.openPullRequests);
  for (const { projectKey, ticketId, phase, reservedUsd } of snapshot.liveRuns) {
    add(reserved, projectKey, reservedUsd);
    if (opensPullRequest(snapshot, ticketId, phase)) add(inReview, projectKey, 1);
  }

  return {
    refusal: (ticket, project) =>
      overBudget(snapshot, project, reserved.get(project.key) ?? 0) ??
      overReviewBacklog(snapshot, ticket, project, inReview.get(project.key) ?? 0) ??
      overCapacity(working, ticket, project),
    admit: (ticket, project, phase) => {
      const scope = scopeKey(scopeOf(project));
      const holders = working.get(scope) ?? new Set();
      working.set(scope, holders.add(ticket.id));
      add(reserved, project.key, project.budget.perRunUsd ?? 0);
      if (opensPullRequest(snapshot, ticket.id, phase)) add(inReview, project.key, 1);
    },
  };
};

const add = (sums: Map<string, number>, key: string, amount: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + amount);
};

/** Tickets per scope that have a live run, or whose marker says working without one (§5.1). */
const countWorking = ({ liveRuns, tickets, histories }: Snapshot): Map<string, Set<string>> => {
  const working = new Map<string, Set<string>>();
  const take = (scope: string, ticketId: string) => {
    const holders = working.get(scope) ?? new Set<string>();
    working.set(scope, holders.add(ticketId));
  };
  for (const run of liveRuns) take(run.scopeKey, run.ticketId);
  for (const ticket of tickets)
    if (showsWork(ticket, histories.get(ticket.id) ?? emptyHistory)) take(scopeKey(ticket), ticket.id);
  return working;
};

const overCapacity = (
  working: ReadonlyMap<string, ReadonlySet<string>>,
  ticket: Ticket,
  project: Project,
): SkipReason | null => {
  const holders = working.get(scopeKey(scopeOf(project)));
  if (holders === undefined) return null;
  // A ticket does not stand in its own way.
  const others = holders.size - (holders.has(ticket.id) ? 1 : 0);
  return others >= project.maxInProgress
    ? { kind: "concurrency", working: others, max: project.maxInProgress }
    : null;
};

/** Spent and reserved together may never pass the limit, so that parallel runs cannot overshoot (§5.1). */
const overBudget = ({ spend }: Snapshot, project: Project, reservedUsd: number): SkipReason | null => {
  const { perRunUsd = 0, perDayUsd, perMonthUsd } = project.budget;
  const { todayUsd, thisMonthUsd } = spend.get(project.key) ?? { todayUsd: 0, thisMonthUsd: 0 };
  const windows = [
    { window: "day", spent: todayUsd, limitUsd: perDayUsd },
    { window: "month", spent: thisMonthUsd, limitUsd: perMonthUsd },
  ] as const;
  for (const { window, spent, limitUsd } of windows) {
    if (limitUsd === undefined) continue;
    const committed = spent + reservedUsd;
    if (committed + perRunUsd > limitUsd || committed >= limitUsd)
      return { kind: "budget", window, spentUsd: committed, limitUsd };
  }
  return null;
};

/** A ticket whose pull request is open already adds none to the pile: its run updates that one (§12). */
const overReviewBacklog = (
  { histories }: Snapshot,
  ticket: Ticket,
  { maxOpenPullRequests: max }: Project,
  open: number,
): SkipReason | null => {
  if (max === undefined || hasOpenPullRequest(histories.get(ticket.id))) return null;
  return open >= max ? { kind: "review-backlog", open, max } : null;
};

const opensPullRequest = ({ histories }: Snapshot, ticketId: TicketId, phase: Phase): boolean =>
  phase !== "plan" && !hasOpenPullRequest(histories.get(ticketId));
