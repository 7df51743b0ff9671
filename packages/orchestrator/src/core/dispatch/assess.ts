import { isRemarked, type PreviousSight } from "../reconcile/reconcile-ticket.ts";
import type { Ticket, TicketId } from "../ticket.ts";
import type { Instant } from "../time.ts";
import { emptyHistory, type LiveRun, showsWork, type TicketHistory } from "./snapshot.ts";

/** What the last look at a ticket left behind. */
export interface PreviousLook {
  readonly sight: Exclude<PreviousSight, null>;
  readonly strayingSince: Instant | null;
  readonly decision: { readonly reason: string } | null;
}

export interface Assessment {
  /** The recorded histories with what this look adds: what `decide` is given. */
  readonly histories: ReadonlyMap<TicketId, TicketHistory>;
  /** Tickets that a person marked again: what went before no longer counts against them (§7.1). */
  readonly remarked: readonly TicketId[];
  readonly straying: ReadonlyMap<TicketId, Instant>;
}

/** Holds this look at the trackers against the last one, before anything is decided. */
export const assess = (
  tickets: readonly Ticket[],
  recorded: ReadonlyMap<TicketId, TicketHistory>,
  liveRuns: readonly LiveRun[],
  previous: ReadonlyMap<TicketId, PreviousLook>,
  now: Instant,
): Assessment => {
  const live = new Set(liveRuns.map((run) => run.ticketId));
  const histories = new Map(recorded);
  const straying = new Map<TicketId, Instant>();
  const remarked: TicketId[] = [];
  for (const ticket of tickets) {
    const look = previous.get(ticket.id);
    let history = recorded.get(ticket.id) ?? emptyHistory;
    if (!live.has(ticket.id) && look !== undefined && isRemarkedSince(look, ticket, history)) {
      remarked.push(ticket.id);
      history = reset(history, now);
    }
    const { strayingSince: _, ...rest } = history;
    // Working, says its marker, and nothing of ours does.
    if (!live.has(ticket.id) && showsWork(ticket, history)) {
      const since = look?.strayingSince ?? now;
      straying.set(ticket.id, since);
      histories.set(ticket.id, { ...rest, strayingSince: since });
    } else histories.set(ticket.id, rest);
  }
  return { histories, remarked, straying };
};

/** A marker can also go back through us: a run came and went between two looks, or a pull request was closed (§12). */
const isRemarkedSince = (look: PreviousLook, { stage }: Ticket, { pullRequest }: TicketHistory): boolean => {
  if (!isRemarked(look.sight, stage)) return false;
  if (look.sight === "unmarked") return true;
  const wasAtWork = look.decision?.reason === "dispatch" || look.decision?.reason === "in-flight";
  return !wasAtWork && !(look.sight === "pr-open" && pullRequest?.state === "closed");
};

/** The plan still counts, and so does a pull request: they are things that exist, not tries that failed. */
const reset = ({ lastRun: _, ...kept }: TicketHistory, now: Instant): TicketHistory => ({
  ...kept,
  leases: [],
  resetAt: now,
});
