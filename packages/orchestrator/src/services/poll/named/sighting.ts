import type { TrackerFailure } from "../../../core/dispatch/snapshot.ts";
import { type Project, scopeKey, scopeOf } from "../../../core/project.ts";
import { cancelCause } from "../../../core/reconcile/reconcile-ticket.ts";
import type { Ticket, TicketId, TrackerKind } from "../../../core/ticket.ts";
import type { KnownTicket } from "../../../ports/store.ts";
import type { FoundTickets } from "../missing.ts";
import type { Observed } from "../observe.ts";

/** All that is marked: as its tracker just answered where it was asked by name, as last known everywhere else. */
export const sightingByName = (
  found: FoundTickets,
  known: readonly KnownTicket[],
  projects: readonly Project[],
  failing: ReadonlyMap<TrackerKind, TrackerFailure>,
): Observed => {
  const marked = known.filter(({ sight }) => sight !== "unmarked").map(({ ticket }) => ticket);
  const isOurs = belongs(marked, projects);
  const answered = [...found.values()].flatMap((answer) =>
    answer !== null && cancelCause(answer) === null && isOurs(answer.ticket) ? [answer.ticket] : [],
  );
  return {
    tickets: [...marked.filter(({ id }) => !found.has(id)), ...answered],
    problems: [],
    failing,
  };
};

/**
 * A look-up by id answers for any ticket, a list only for what a project asks for. So what belongs to no project and
 * was not listed before is left to the next list: whether it shows such a ticket is the tracker's to say.
 */
const belongs = (marked: readonly Ticket[], projects: readonly Project[]): ((ticket: Ticket) => boolean) => {
  const listed = new Set<TicketId>(marked.map(({ id }) => id));
  const scopes = new Set(projects.map((project) => scopeKey(scopeOf(project))));
  return (ticket) => listed.has(ticket.id) || scopes.has(scopeKey(ticket));
};
