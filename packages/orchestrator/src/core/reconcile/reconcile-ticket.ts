import type { CancelCause } from "../runs/events.ts";
import { isFailed, type Stage, type Ticket } from "../ticket.ts";

/** A ticket as a tracker answers for it: `null` is "does not exist", `marked: false` is "a person took the mark". */
export type TicketLookup = { readonly marked: boolean; readonly ticket: Ticket } | null;

/** Why a live run of this ticket has to stop (§7.1), or null where it may go on. */
export const cancelCause = (found: TicketLookup): CancelCause | null => {
  if (found === null) return "ticket-gone";
  if (found.ticket.lifecycle !== "active") return "ticket-closed";
  return found.marked ? null : "ticket-unmarked";
};

/** What the last look at a ticket showed; `unmarked` when it was not among the marked ones. */
export type PreviousSight = Stage | "unmarked" | null;

/**
 * Did a person mark it again (§7.1)? Only moves that we never make ourselves count: taking the mark off and
 * putting it back, or setting a failed, reviewed or merged ticket back to where a phase begins.
 */
export const isRemarked = (previous: PreviousSight, now: Stage): boolean => {
  if (previous === null) return false;
  if (previous === "unmarked") return true;
  if (now !== "marked" && now !== "plan-complete") return false;
  return isFailed(previous) || previous === "pr-open" || previous === "merged";
};
