import type { TicketId } from "../core/ticket.ts";
import type { Instant } from "../core/time.ts";

/** What a vendor's delivery names. It is a hint and nothing more: the tracker itself is asked before anything is decided. */
export interface WebhookNews {
  /** Unique to this delivery, over the vendor's own retries where it says so. */
  readonly deliveryId: string;
  readonly tickets: readonly {
    readonly id: TicketId;
    readonly identifier: string;
    /** False: it is not marked, and nothing about its mark has changed. It may still be one that we know. */
    readonly concernsMark: boolean;
  }[];
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
