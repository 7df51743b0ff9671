import type { TrackerFailure } from "../core/dispatch/snapshot.ts";
import type { TicketProblem, TrackerKind } from "../core/ticket.ts";
import type { Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { messageOf } from "./timeout.ts";

/** What the poll learnt last, for health, readiness and the lists of problems. */
export interface PollStatus {
  readonly lastPollAt: Instant | null;
  readonly failingTrackers: ReadonlyMap<TrackerKind, TrackerFailure>;
  readonly ticketProblems: readonly TicketProblem[];
}

export interface Health {
  poll(): PollStatus;
  /** Null when ready; otherwise why not: the store cannot be written, or the last poll is older than 3 intervals and a minute. */
  notReady(): Promise<string | null>;
}

export const createHealth = (
  store: Pick<Store, "probe">,
  status: () => PollStatus,
  clock: Clock,
  pollIntervalMs: number,
): Health => ({
  poll: status,
  async notReady() {
    const { lastPollAt } = status();
    if (lastPollAt === null) return "the first poll has not ended yet";
    const age = clock.now() - lastPollAt;
    if (age > 3 * pollIntervalMs + slowPollMs)
      return `the last poll ended ${Math.round(age / 1000)} s ago, more than 3 intervals`;
    try {
      await store.probe();
      return null;
    } catch (error) {
      return `the store cannot be written: ${messageOf(error)}`;
    }
  },
});

/** An interval is counted from the end of a poll, and a poll itself may take this long. */
const slowPollMs = 60_000;
