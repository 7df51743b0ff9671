import type { LiveRun } from "../../core/dispatch/snapshot.ts";
import { cancelCause } from "../../core/reconcile/reconcile-ticket.ts";
import type { Ticket, TicketId, TrackerKind } from "../../core/ticket.ts";
import type { KnownTicket } from "../../ports/store.ts";
import type { FoundTickets } from "./missing.ts";

export interface WatchedTicket {
  readonly tracker: TrackerKind;
  /** Identifiers of its open blockers. */
  readonly blockedBy: readonly string[];
}

/** The tickets of which any news counts: marked at the last look, or with a live run. */
export type Watched = ReadonlyMap<TicketId, WatchedTicket>;

/** What the poll knows, for those who have to tell news from noise many times a second without asking the store. */
export interface WatchList {
  /** Null before the first look. */
  current(): Watched | null;
  /** Resolves when the look under way has ended and `current` is what it learnt. Null: none is under way. */
  afterLook(): Promise<void> | null;
  /** A look that fails leaves the list as it was. */
  duringLook(look: () => Promise<void>): Promise<void>;
  replace(watched: Watched): void;
}

export const createWatchList = (): WatchList => {
  let watched: Watched | null = null;
  let underWay: Promise<void> | null = null;
  return {
    current: () => watched,
    afterLook: () => underWay,
    async duringLook(look) {
      let end = (): void => undefined;
      underWay = new Promise((resolve) => {
        end = resolve;
      });
      try {
        await look();
      } finally {
        underWay = null;
        end();
      }
    },
    replace: (next) => {
      watched = next;
    },
  };
};

/** `found` outranks `known`: a ticket that a tracker just said is no longer ours is watched for its run alone. */
export const watchedOf = (
  seen: readonly Ticket[],
  found: FoundTickets,
  known: readonly KnownTicket[],
  liveRuns: readonly Pick<LiveRun, "ticketId">[],
): Watched => {
  const stillMarked = known.filter(({ ticket, sight }) => {
    const answer = found.get(ticket.id);
    return sight !== "unmarked" && (answer === undefined || cancelCause(answer) === null);
  });
  const working = new Set(liveRuns.map(({ ticketId }) => ticketId));
  const atWork = known.filter(({ ticket }) => working.has(ticket.id));
  return new Map(
    [...atWork, ...stillMarked]
      .map(({ ticket }) => ticket)
      .concat(seen)
      .map(({ id, tracker, blockedBy }) => [
        id,
        { tracker, blockedBy: blockedBy.map(({ identifier }) => identifier) },
      ]),
  );
};
