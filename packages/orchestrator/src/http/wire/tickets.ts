import type { Issue, IssueBlocker } from "@ai-implement/contracts";
import type { KnownTicket, StoredDecision } from "../../ports/store.ts";

/** Marked when we last looked; a ticket that lost its mark is remembered, not shown. */
export const isMarked = ({ sight, ticket }: KnownTicket): boolean =>
  sight !== "unmarked" && ticket.lifecycle === "active";

export const issue = ({ ticket, decision }: KnownTicket): Issue => ({
  id: ticket.id,
  identifier: ticket.identifier,
  title: ticket.title,
  url: ticket.url,
  teamKey: ticket.scope,
  stage: ticket.stage,
  priority: ticket.priority,
  decision: decision === null ? null : wireDecision(decision),
});

/** A skipped ticket with the request that clears it, ready to be sent; null for any other ticket. */
export const blocker = (known: KnownTicket): IssueBlocker | null => {
  const { ticket, decision } = known;
  if (decision === null || decision.kind !== "skip") return null;
  const action = decision.action
    ?.replace(":ticketId", encodeURIComponent(ticket.id))
    .replace(":teamKey", encodeURIComponent(ticket.scope));
  return { ...issue(known), decision: wireDecision(decision), action: action ?? null };
};

const wireDecision = ({ kind, reason, explanation }: StoredDecision) => ({ kind, reason, explanation });

/** Sorts as people work: most urgent first ("none" is last), then the oldest. */
export const ticketOrder = ({ ticket }: KnownTicket): string =>
  `${ticket.priority === 0 ? 5 : ticket.priority} ${String(ticket.createdAt).padStart(15, "0")} ${ticket.id}`;
