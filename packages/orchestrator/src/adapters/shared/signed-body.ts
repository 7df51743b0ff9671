import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { z } from "zod";
import type { TicketNews, WebhookVerdict } from "../../ports/tracker-webhook.ts";

/** The raw bytes of a delivery, and what its header says of them. */
export interface SignedBody {
  readonly rawBody: Buffer;
  /** Hexadecimal, as it arrived. */
  readonly digest: string;
}

const hexDigest = /^[0-9a-f]{64}$/i;

/** Was it made with this secret, as HMAC-SHA256 over the raw bytes? In constant time (§11.9). */
export const isSignedWith = (secret: string, { rawBody, digest }: SignedBody): boolean =>
  hexDigest.test(digest) &&
  timingSafeEqual(Buffer.from(digest, "hex"), createHmac("sha256", secret).update(rawBody).digest());

/** Undefined: it is no JSON, which fits no schema. For bodies whose signature is right: a stranger's is never parsed. */
export const jsonOf = (rawBody: Buffer): unknown => {
  try {
    return JSON.parse(rawBody.toString("utf8"));
  } catch {
    // It is told as any other body that is not what the vendor documents.
    return undefined;
  }
};

/**
 * No header but the signature is signed: whoever sends a body again could put any id beside it. So a delivery goes by
 * its bytes. A vendor's own retry with other bytes counts as another delivery: it costs one look.
 */
export const genuine = (rawBody: Buffer, tickets: readonly TicketNews[]): WebhookVerdict => ({
  kind: "genuine",
  news: { deliveryId: createHash("sha256").update(rawBody).digest("base64url"), tickets },
});

export const refused = (why: string): WebhookVerdict => ({ kind: "refused", why });

/** Says where it differs, and nothing of what stands there. */
export const malformed = (vendor: string, { issues }: z.ZodError): WebhookVerdict => ({
  kind: "malformed",
  why: `It is not what ${vendor} documents, first at: ${issues[0]?.path.join(".") || "the body"}.`,
});
