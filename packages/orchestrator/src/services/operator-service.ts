import type { MergeResult } from "../ports/forge.ts";

/** What a person may do to a ticket or a pull request (§6 "the action that clears each"). */
export interface OperatorService {
  /** Un-park: what went before no longer counts against the ticket. */
  unpark(ticketId: string): Promise<"done" | "not-found">;
  /** Approve the plan that waits for a person (§7.1). */
  approve(ticketId: string): Promise<"done" | "not-found" | "nothing-to-approve">;
  clearLease(ticketId: string): Promise<"done" | "not-found">;
  /** Stop the live run of a ticket; its lease holds the ticket afterwards. */
  cancel(ticketId: string): Promise<"done" | "not-found">;
  /** Merge on a forge that is our own (local); people merge on any other. */
  merge(
    repository: string,
    number: number,
  ): Promise<MergeResult | { readonly kind: "not-found" } | { readonly kind: "not-here" }>;
}
