import type { Instant } from "./time.ts";

export const trackerKinds = ["linear", "jira", "folder"] as const;
export type TrackerKind = (typeof trackerKinds)[number];

/** Globally unique: `<tracker kind>:<the tracker's own id>`. */
export type TicketId = string;

/**
 * What a ticket's marker in its tracker says (§7.1). `failed` exists only where the tracker can say so
 * (Jira, folder); in Linear a failed ticket reads as `marked`.
 */
export const stages = [
  "marked",
  "planning",
  "plan-complete",
  "implementing",
  "pr-open",
  "planning-failed",
  "implementing-failed",
  "merged",
] as const;
export type Stage = (typeof stages)[number];

/**
 * What we ask a tracker to show. `cleared` takes our working markers away and leaves the person's;
 * `awaiting-approval` is a finished plan that a person must approve: Linear shows `Plan-Complete`, Jira and
 * the folder stay at `Planning` (§7.1).
 */
export type WantedStage = Stage | "awaiting-approval" | "cleared";

export type Lifecycle = "active" | "completed" | "cancelled";

export interface Blocker {
  readonly identifier: string;
  /** The blocker's state in its tracker's own words. */
  readonly state: string;
}

/** Another ticket told to the agent as context: parent, sibling or related. */
export interface Relative {
  readonly identifier: string;
  readonly title: string;
  readonly relation: "parent" | "sibling" | "related";
  readonly description?: string;
}

/** A work item as the core sees it, whichever tracker holds it (§5.2). */
export interface Ticket {
  readonly id: TicketId;
  readonly tracker: TrackerKind;
  /** What people call it: `ACME-12`. */
  readonly identifier: string;
  readonly title: string;
  /** Markdown, written by a stranger: hostile (§11.6). */
  readonly description: string;
  readonly url: string;
  /** Linear team key, Jira mapping key or ticket folder: with `tracker`, this finds the project. */
  readonly scope: string;
  readonly stage: Stage;
  readonly lifecycle: Lifecycle;
  /** A person approved the plan in the tracker itself (§7.1). */
  readonly planApproved: boolean;
  /** Open blockers only; an empty list means nothing holds it. */
  readonly blockedBy: readonly Blocker[];
  /** 1 is most urgent, 4 least; 0 is "none" and sorts last, as in Linear. */
  readonly priority: 0 | 1 | 2 | 3 | 4;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly relatives: readonly Relative[];
}

/** A ticket that a tracker could not make sense of: named to people, never dispatched. */
export interface TicketProblem {
  /** Where it stands, as a person would look for it: a file name, an issue key. */
  readonly source: string;
  readonly problem: string;
  readonly fix: string;
}

export const isWorking = (stage: Stage): boolean => stage === "planning" || stage === "implementing";
export const isFailed = (stage: Stage): boolean =>
  stage === "planning-failed" || stage === "implementing-failed";
