import type { TicketId } from "../../../core/ticket.ts";

const prefix = "linear:";
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const ticketIdOf = (issueId: string): TicketId => `${prefix}${issueId}`;

/** The issue's own id, which it keeps in every team; null for an id that we cannot have made. */
export const issueIdOf = (id: TicketId): string | null => {
  const rest = id.startsWith(prefix) ? id.slice(prefix.length) : "";
  return uuid.test(rest) ? rest : null;
};
