import type { Project } from "../project.ts";
import type { Phase, RunId } from "../run.ts";
import type { Blocker, Ticket } from "../ticket.ts";
import type { Instant } from "../time.ts";

/** Why a marked ticket is not dispatched now (§6). Every reason carries what a person needs to act on it. */
export type SkipReason =
  | { readonly kind: "no-mapping" }
  /** `runId` is null when the marker says working and no run of ours does: reset at `resetsAt` (§5.1). */
  | { readonly kind: "in-flight"; readonly runId: RunId; readonly phase: Phase; readonly since: Instant }
  | { readonly kind: "in-flight"; readonly runId: null; readonly resetsAt: Instant }
  /** The work is done; `merged` says that nobody is waited for any more. */
  | { readonly kind: "ready-for-review"; readonly pullRequest: number | null; readonly merged: boolean }
  | { readonly kind: "parked"; readonly why: string; readonly since: Instant }
  | { readonly kind: "backing-off"; readonly until: Instant; readonly why: string }
  | { readonly kind: "paused" }
  | { readonly kind: "tracker-error"; readonly error: string; readonly since: Instant }
  | { readonly kind: "blocked"; readonly by: readonly Blocker[] }
  | { readonly kind: "awaiting-approval"; readonly since: Instant }
  | { readonly kind: "dedup"; readonly until: Instant; readonly runId: RunId }
  | {
      readonly kind: "budget";
      readonly window: "day" | "month";
      readonly spentUsd: number;
      readonly limitUsd: number;
    }
  /** `open` counts the pull requests that live runs are about to open. */
  | { readonly kind: "review-backlog"; readonly open: number; readonly max: number }
  | { readonly kind: "concurrency"; readonly working: number; readonly max: number };

export type SkipKind = SkipReason["kind"];

export interface Dispatch {
  readonly kind: "dispatch";
  readonly ticket: Ticket;
  readonly project: Project;
  readonly phase: Phase;
  /** Which try since a person last reset the ticket, from 1. */
  readonly tryNumber: number;
}

export interface Skip {
  readonly kind: "skip";
  readonly ticket: Ticket;
  readonly reason: SkipReason;
}

export type Decision = Dispatch | Skip;
