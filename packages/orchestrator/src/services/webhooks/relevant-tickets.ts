import type { TicketId } from "../../core/ticket.ts";
import type { TicketNews } from "../../ports/tracker-webhook.ts";
import type { Concern } from "../poll/named/looks.ts";
import type { Watched } from "../poll/watch-list.ts";

/** Each ticket that the news may have changed something about, with the more urgent of its concerns. */
export type Relevant = ReadonlyMap<TicketId, Concern>;

/**
 * Those that it concerns the mark of, those that are watched, and those that are blocked by what it names. Everything
 * else is noise: a busy workspace sends hundreds of deliveries a minute. `watched` null: nothing is known yet, so
 * anything may matter.
 */
export const relevantTickets = (tickets: readonly TicketNews[], watched: Watched | null): Relevant => {
  const relevant = new Map<TicketId, Concern>();
  const add = (id: TicketId, concern: Concern): void => {
    if (relevant.get(id) !== "mark") relevant.set(id, concern);
  };
  for (const ticket of tickets) {
    const concern = concernOf(ticket, watched === null || watched.has(ticket.id));
    if (concern !== null) add(ticket.id, concern);
    for (const blocked of blockedBy(ticket, watched)) add(blocked, "other");
  }
  return relevant;
};

/** Null: none. Nobody looks at a ticket that was not watched to see that it is not marked. */
const concernOf = ({ mark }: TicketNews, isWatched: boolean): Concern | null => {
  switch (mark) {
    case "put":
      return "mark";
    case "taken":
      return isWatched ? "mark" : null;
    case "kept":
      return "other";
    case "none":
      return isWatched ? "other" : null;
  }
};

/** A blocker may be any ticket, marked or not. Two trackers may use the same identifier for different tickets. */
const blockedBy = ({ id: blocker, identifier }: TicketNews, watched: Watched | null): readonly TicketId[] =>
  [...(watched ?? [])].flatMap(([id, ticket]) =>
    ticket.blockedBy.includes(identifier) && blocker.startsWith(`${ticket.tracker}:`) ? [id] : [],
  );
