import type { TrackerFailure } from "../core/dispatch/snapshot.ts";
import type { TicketProblem, TrackerKind } from "../core/ticket.ts";
import type { Instant } from "../core/time.ts";

/** What the poll learnt last, for health, readiness and the lists of problems. */
export interface PollStatus {
  readonly lastPollAt: Instant | null;
  readonly failingTrackers: ReadonlyMap<TrackerKind, TrackerFailure>;
  readonly ticketProblems: readonly TicketProblem[];
}

export interface Health {
  poll(): PollStatus;
  /** Null when ready; otherwise why not: the store cannot be written, or the last poll is older than 3 intervals. */
  notReady(): Promise<string | null>;
}
