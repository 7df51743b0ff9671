import type { TicketId } from "../core/ticket.ts";
import type { Instant } from "../core/time.ts";

/**
 * What the news says of the ticket's mark (§7.1), by which it is told from the echo of our own writes.
 * `put`: a person's word for us was put on it, or may have been: it is marked now, or approved.
 * `taken`: it is not marked now, and may have been before.
 * `kept`: it is marked, or may be, and this news did not change that.
 * `none`: it is not marked, and was not. It may still be one that we know.
 */
export type MarkNews = "put" | "taken" | "kept" | "none";

export interface TicketNews {
  readonly id: TicketId;
  readonly identifier: string;
  readonly mark: MarkNews;
}

/** What a vendor's delivery names. It is a hint and nothing more: the tracker itself is asked before anything is decided. */
export interface WebhookNews {
  /** Unique to this delivery, over the vendor's own retries where it says so. */
  readonly deliveryId: string;
  readonly tickets: readonly TicketNews[];
}

export type WebhookVerdict =
  | { readonly kind: "genuine"; readonly news: WebhookNews }
  /** No or a wrong signature, or too old: whoever sent it does not hold the secret now. */
  | { readonly kind: "refused"; readonly why: string }
  /** Signed, and not what the vendor's documentation says: told apart so that it can be found in the log. */
  | { readonly kind: "malformed"; readonly why: string };

/** How a tracker's vendor proves a delivery (§7.2, §11.9): over the raw bytes, in constant time. */
export interface TrackerWebhook {
  /** @param headers names in lower case */
  read(
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    rawBody: Buffer,
    now: Instant,
  ): WebhookVerdict;
}
