import type { GapAnalysis, Plan, StepReport } from "@ai-implement/contracts";
import type { Decision } from "../core/dispatch/decision.ts";
import type { LiveRun, Obstacle, Spend, TicketHistory } from "../core/dispatch/snapshot.ts";
import type { Project } from "../core/project.ts";
import type { PreviousSight } from "../core/reconcile/reconcile-ticket.ts";
import type { AssignedFeedback, Feedback } from "../core/review/feedback.ts";
import type { Phase, Run, RunId } from "../core/run.ts";
import type { Lease } from "../core/runs/admit.ts";
import type { Effect, EffectIntent, Receiver } from "../core/runs/effects.ts";
import type { Ticket, TicketId } from "../core/ticket.ts";
import type { Instant } from "../core/time.ts";
import type { PullRequest } from "./forge.ts";

/** A value with the version that a later write must still find: optimistic concurrency. */
export interface Versioned<Value> {
  readonly value: Value;
  readonly version: number;
}

export interface HistoryRow {
  readonly runId: RunId;
  readonly at: Instant;
  readonly event: string;
  readonly cause: string;
  /** False: the event did not apply and changed nothing. */
  readonly applied: boolean;
}

/** What we know of a ticket between two polls. */
export interface KnownTicket {
  readonly ticket: Ticket;
  /** What the last look showed. */
  readonly sight: Exclude<PreviousSight, null>;
  readonly strayingSince: Instant | null;
  readonly decision: StoredDecision | null;
}

/** A decision as people were last told it. */
export interface StoredDecision {
  readonly kind: Decision["kind"];
  /** `dispatch`, or the kind of the skip's reason. */
  readonly reason: string;
  readonly explanation: string;
  readonly action: string | null;
  readonly decidedAt: Instant;
}

/** A pull request that we opened, as we know it: never read back from its body (§11.7). */
export interface KnownPullRequest {
  readonly ticketId: TicketId;
  readonly projectKey: string;
  readonly repository: Project["repository"];
  readonly pullRequest: PullRequest;
  readonly updatedAt: Instant;
  /** What was said on it up to here was looked at, by the forge's clock. Absent in a change: as it was. */
  readonly remarksSeenAt?: Instant;
}

/** A person agreed that a ticket's work changes this file (§11.4). */
export interface FileApproval {
  readonly ticketId: TicketId;
  /** Of the repository; no glob. */
  readonly path: string;
  readonly at: Instant;
  /** Who, as far as we can tell. */
  readonly by: string;
}

/**
 * Everything that one decision changes, written in one transaction or not at all (§6.3, §9): no crash can
 * leave a run without its lease, its effects or its history.
 */
export interface Change {
  /** New runs. Refused as a whole when the ticket has a live run, or this ticket, phase and attempt exist. */
  readonly admissions?: readonly { readonly run: Run; readonly lease: Lease }[];
  /** Refused as a whole when a version is no longer the stored one. */
  readonly runs?: readonly Versioned<Run>[];
  /** A key that is already there is left as it is. */
  readonly effects?: readonly EffectIntent[];
  readonly history?: readonly HistoryRow[];
  readonly plans?: readonly {
    readonly ticketId: TicketId;
    readonly runId: RunId;
    readonly plan: Plan;
    readonly at: Instant;
  }[];
  readonly pullRequests?: readonly KnownPullRequest[];
  /** An id that is there already is left as it is. A revise run that is admitted gets the `mostFeedbackOfRun` oldest that wait. */
  readonly feedback?: readonly Feedback[];
  /** Upserted by run and index. */
  readonly steps?: readonly { readonly runId: RunId; readonly step: StepReport }[];
  readonly activity?: readonly { readonly runId: RunId; readonly line: string }[];
  readonly knownTickets?: readonly KnownTicket[];
  /** A person said "again": what went before no longer counts, and the ticket's leases are gone (§7.1). */
  readonly resets?: readonly { readonly ticketId: TicketId; readonly at: Instant }[];
  readonly releasedLeases?: readonly { readonly ticketId: TicketId; readonly phase?: Phase }[];
  readonly approvals?: readonly { readonly ticketId: TicketId; readonly at: Instant }[];
  readonly fileApprovals?: readonly FileApproval[];
  readonly deliveredEffects?: readonly { readonly id: number; readonly at: Instant }[];
}

/** `conflict`: somebody else wrote first. Nothing was written; load again and decide again. */
export type CommitResult = "committed" | "conflict";

/** Gathered in one read transaction, for `decide`. */
export interface DispatchFacts {
  /** Of every ticket that we ever touched or saw and that is not finished. */
  readonly histories: ReadonlyMap<TicketId, TicketHistory>;
  readonly liveRuns: readonly LiveRun[];
  readonly openPullRequests: ReadonlyMap<string, number>;
  readonly spend: ReadonlyMap<string, Spend>;
  /** The highest attempt so far, by `attemptKey`. */
  readonly lastAttempts: ReadonlyMap<string, number>;
  /** By ticket, where several hold it up the oldest; its error cut to 1,000 characters. */
  readonly obstacles: ReadonlyMap<TicketId, Obstacle>;
}

export const attemptKey = (ticketId: TicketId, phase: Phase): string => `${phase} ${ticketId}`;

export interface EffectRecord {
  readonly id: number;
  readonly key: string;
  readonly ticketId: TicketId;
  readonly runId: RunId | null;
  readonly receiver: Receiver;
  readonly effect: Effect;
  /** Deliveries begun so far, this one included: above 1, an earlier one may have gone through (§9). */
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly lastError: string | null;
}

/** Delivery of the recorded effects: in order per ticket and receiver (a lane), any number of lanes at once. */
export interface EffectQueue {
  /**
   * Takes the first undelivered effect of each lane that is due and that nobody holds, and counts the attempt before
   * it is made. Held until `until`: a holder that dies gives it up by then. At most `limit` for each receiver, the
   * oldest first; `receivers`: for these only.
   */
  take(
    now: Instant,
    until: Instant,
    limit: number,
    receivers?: readonly Receiver[],
  ): Promise<readonly EffectRecord[]>;
  /** `counts` false: it was no attempt after all, because nothing can have been done. */
  postpone(id: number, until: Instant, error: string, counts: boolean): Promise<void>;
  /** It will never be delivered; its lane goes on. Kept, with its error, for people to see. */
  abandon(id: number, at: Instant, error: string): Promise<void>;
  /** When the next one is due, held ones included; null when none is left. `receivers`: for these only. */
  nextDue(receivers?: readonly Receiver[]): Promise<Instant | null>;
  /** Not delivered and older than `before`: the oldest first. */
  overdue(before: Instant, limit: number): Promise<readonly EffectRecord[]>;
  /** Gives back what a dead process of ours held; called once at start, before anything is taken. */
  releaseAll(): Promise<void>;
}

export interface LogQuery {
  readonly cursor?: string;
  readonly limit: number;
  readonly projectKey?: string;
  readonly phase?: Phase;
  readonly states?: readonly Run["state"][];
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface RunDetails {
  readonly run: Run;
  readonly steps: readonly StepReport[];
  readonly history: readonly HistoryRow[];
  readonly activity: string | null;
}

/** A run as lists show it. */
export interface RunLine {
  readonly run: Run;
  readonly pullRequest: { readonly number: number; readonly url: string } | null;
}

export interface StoredPlan {
  readonly runId: RunId;
  readonly plan: Plan;
  readonly completedAt: Instant;
  readonly approvedAt: Instant | null;
}

/** One schema, whichever engine holds it (§16). */
export interface Store {
  commit(change: Change): Promise<CommitResult>;
  dispatchFacts(now: Instant): Promise<DispatchFacts>;

  listProjects(): Promise<readonly Versioned<Project>[]>;
  findProject(key: string): Promise<Versioned<Project> | null>;
  /** `conflict`: the key is taken. */
  createProject(project: Project, effects?: readonly EffectIntent[]): Promise<CommitResult>;
  updateProject(project: Versioned<Project>, effects?: readonly EffectIntent[]): Promise<CommitResult>;
  deleteProject(key: string): Promise<void>;

  findRun(id: RunId): Promise<Versioned<Run> | null>;
  listLiveRuns(): Promise<readonly Versioned<Run>[]>;
  runDetails(id: RunId): Promise<RunDetails | null>;
  /** Newest first. */
  listRuns(query: LogQuery): Promise<Page<RunLine>>;

  listKnownTickets(): Promise<readonly KnownTicket[]>;
  findKnownTicket(ticketId: TicketId): Promise<KnownTicket | null>;
  findPlan(ticketId: TicketId): Promise<StoredPlan | null>;
  listPullRequests(query: {
    readonly state?: PullRequest["state"];
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<Page<KnownPullRequest>>;
  findPullRequest(ticketId: TicketId): Promise<KnownPullRequest | null>;
  /** Of ours alone; owner and name in any case. */
  findPullRequestByNumber(
    repository: Pick<Project["repository"], "forge" | "owner" | "name">,
    number: number,
  ): Promise<KnownPullRequest | null>;
  /** Oldest first. */
  listFeedback(ticketId: TicketId): Promise<readonly AssignedFeedback[]>;
  /** What the newest run that changed the ticket's branch was found to lack; null: nobody looked. */
  lastGapAnalysis(
    ticketId: TicketId,
  ): Promise<{ readonly runId: RunId; readonly analysis: GapAnalysis } | null>;
  /** For the ticket's next run, by path. Given for a pull request that has ended since, they are over. */
  approvedFiles(ticketId: TicketId): Promise<readonly FileApproval[]>;
  /** What the guard refused of the ticket's newest run, where a person's approval is all it takes; null: nothing waits for one. */
  filesToApprove(
    ticketId: TicketId,
  ): Promise<{ readonly runId: RunId; readonly paths: readonly string[] } | null>;
  listLeases(now: Instant): Promise<readonly Lease[]>;

  readonly effects: EffectQueue;

  /** False: this delivery of this vendor is known already (§7.2). */
  rememberDelivery(vendor: string, deliveryId: string, at: Instant): Promise<boolean>;
  /** Those that were received before. */
  forgetDeliveries(before: Instant): Promise<void>;

  /** A value that outlives restarts; `make` is used once, by whoever comes first. */
  setting(name: string, make: () => string): Promise<string>;
  /** Throws when the store cannot be written. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
