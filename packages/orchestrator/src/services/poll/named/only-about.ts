import type { TicketId } from "../../../core/ticket.ts";
import type { Change } from "../../../ports/store.ts";

/** The part of what a decision changes that is about these tickets. */
export const onlyAbout = (tickets: ReadonlySet<TicketId>, change: Change): Change => {
  const admissions = (change.admissions ?? []).filter(({ run }) => tickets.has(run.ticket.id));
  const admitted = new Set(admissions.map(({ run }) => run.id));
  return {
    admissions,
    history: (change.history ?? []).filter(({ runId }) => admitted.has(runId)),
    effects: (change.effects ?? []).filter(({ ticketId }) => tickets.has(ticketId)),
    resets: (change.resets ?? []).filter(({ ticketId }) => tickets.has(ticketId)),
    knownTickets: (change.knownTickets ?? []).filter(({ ticket }) => tickets.has(ticket.id)),
  };
};
