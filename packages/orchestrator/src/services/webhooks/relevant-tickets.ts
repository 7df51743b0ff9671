import type { TicketId } from "../../core/ticket.ts";
import type { WebhookNews } from "../../ports/tracker-webhook.ts";
import type { Watched } from "../poll/watch-list.ts";

/**
 * The tickets that the news may have changed something about: those that it concerns the mark of, those that are
 * watched, and those that are blocked by what it names. Everything else is noise: a busy workspace sends hundreds of
 * deliveries a minute. `watched` null: nothing is known yet, so anything may matter.
 */
export const relevantTickets = (
  tickets: WebhookNews["tickets"],
  watched: Watched | null,
): readonly TicketId[] => {
  if (watched === null) return tickets.map(({ id }) => id);
  const relevant = tickets.flatMap(({ id, identifier, concernsMark }) => [
    ...(concernsMark || watched.has(id) ? [id] : []),
    ...blockedBy(id, identifier, watched),
  ]);
  return [...new Set(relevant)];
};

/** A blocker may be any ticket, marked or not. Two trackers may use the same identifier for different tickets. */
const blockedBy = (blocker: TicketId, identifier: string, watched: Watched): readonly TicketId[] =>
  [...watched].flatMap(([id, ticket]) =>
    ticket.blockedBy.includes(identifier) && blocker.startsWith(`${ticket.tracker}:`) ? [id] : [],
  );
