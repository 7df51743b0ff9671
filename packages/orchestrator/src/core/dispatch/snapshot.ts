import type { ExecutorKind, Project } from "../project.ts";
import type { PendingFeedback } from "../review/feedback.ts";
import type { Phase, Run } from "../run.ts";
import type { Lease } from "../runs/admit.ts";
import type { RetryPolicy } from "../runs/retry.ts";
import { isWorking, type Ticket, type TicketId, type TrackerKind } from "../ticket.ts";
import type { Instant } from "../time.ts";

/** The last run of a ticket and phase, as far as a decision needs it. */
export type LastRun = Pick<
  Run,
  "id" | "phase" | "state" | "tryNumber" | "attempt" | "admittedAt" | "endedAt" | "failure"
>;

export interface PlanRecord {
  readonly completedAt: Instant;
  /** A person approved it in the UI or over the API; the tracker's own approval is on the ticket. */
  readonly approvedAt?: Instant;
}

export interface PullRequestRecord {
  readonly number: number;
  readonly state: "open" | "merged" | "closed";
  /** Its branch: a further run of the ticket builds on it, so that it stays one pull request (§12). */
  readonly head: string;
}

/** All that we have done for one ticket so far. A ticket that we never touched has the empty one. */
export interface TicketHistory {
  /** The newest run since a person last reset the ticket; older ones do not count against it. */
  readonly lastRun?: LastRun;
  readonly leases: readonly Lease[];
  readonly plan?: PlanRecord;
  readonly pullRequest?: PullRequestRecord;
  /** What people said on the pull request and no run has worked on. */
  readonly feedback?: PendingFeedback;
  /** Since when the ticket's marker says working although no run of ours does. */
  readonly strayingSince?: Instant;
  /** When a person last said "again": by re-marking the ticket, un-parking it or clearing its lease. */
  readonly resetAt?: Instant;
}

export const emptyHistory: TicketHistory = { leases: [] };

/** The marker says that something works on it. A plan that waits for approval shows as planning too (§7.1). */
export const showsWork = ({ stage }: Ticket, { plan }: TicketHistory): boolean =>
  isWorking(stage) && !(stage === "planning" && plan !== undefined);

export const hasOpenPullRequest = (history: TicketHistory | undefined): boolean =>
  history?.pullRequest?.state === "open";

/** A run that works now: it takes capacity in its scope and reserves its budget in its project. */
export interface LiveRun {
  readonly id: string;
  readonly ticketId: TicketId;
  readonly scopeKey: string;
  readonly projectKey: string;
  readonly phase: Phase;
  readonly admittedAt: Instant;
  /** Its `perRunUsd`, or 0 where the project has none. */
  readonly reservedUsd: number;
}

export interface Spend {
  readonly todayUsd: number;
  readonly thisMonthUsd: number;
}

/** Something that was decided does not reach the world: the last delivery failed. */
export interface Obstacle {
  readonly error: string;
  readonly retryAt: Instant;
}

export interface TrackerFailure {
  readonly since: Instant;
  readonly error: string;
}

export interface DispatchPolicy {
  /** Where every run goes, whatever its project says (`RUNNER_MODE`, §8.2). */
  readonly forcedExecutor?: ExecutorKind;
  readonly retry: RetryPolicy;
  /** How long a working marker without a run of ours stands before it is reset (§5.1), in ms. */
  readonly strayAfterMs: number;
}

/** Everything that a decision depends on, gathered before it is made. */
export interface Snapshot {
  readonly projects: readonly Project[];
  /** Every marked ticket of every tracker, blocked ones included. */
  readonly tickets: readonly Ticket[];
  readonly histories: ReadonlyMap<TicketId, TicketHistory>;
  readonly liveRuns: readonly LiveRun[];
  /** Per project key. */
  readonly openPullRequests: ReadonlyMap<string, number>;
  /** Per project key. */
  readonly spend: ReadonlyMap<string, Spend>;
  readonly failingTrackers: ReadonlyMap<TrackerKind, TrackerFailure>;
  readonly policy: DispatchPolicy;
}
