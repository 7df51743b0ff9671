import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { minutes } from "../../../core/time.ts";
import type { TrackerWebhook, WebhookNews, WebhookVerdict } from "../../../ports/tracker-webhook.ts";
import { ourLabel } from "./markers.ts";
import { ticketIdOf } from "./ticket-id.ts";

export interface LinearWebhookOptions {
  /** `LINEAR_WEBHOOK_SECRET`: the signing secret that Linear shows beside the webhook. */
  readonly secret: string;
}

/**
 * How far `webhookTimestamp`, in ms, may lie from our clock, either way. Linear recommends one minute; a clock may be
 * off, and what is sent again within the window is caught by the id that is remembered of it.
 */
const windowMs = minutes(5);

const deliverySchema = z.object({
  type: z.string().max(100),
  webhookTimestamp: z.int(),
});

const issueNewsSchema = z.object({
  data: z.object({
    id: z.guid(),
    identifier: z.string().min(1).max(100),
    labels: z
      .array(z.object({ name: z.string().max(1_000) }))
      .max(1_000)
      .nullish(),
  }),
  /** The values before an update, of the fields that it changed. */
  updatedFrom: z.object({ labelIds: z.unknown().optional() }).nullish(),
});

/** Linear's deliveries (linear.app/developers/webhooks): `Linear-Signature` is the hex HMAC-SHA256 of the raw body. */
export const createLinearWebhook = ({ secret }: LinearWebhookOptions): TrackerWebhook => ({
  read(headers, rawBody, now) {
    const signature = headers["linear-signature"];
    if (typeof signature !== "string") return refused("It has no Linear-Signature.");
    if (!isSigned(rawBody, signature, secret))
      return refused("Its Linear-Signature was not made with LINEAR_WEBHOOK_SECRET.");
    const body = jsonOf(rawBody);
    const delivery = deliverySchema.safeParse(body);
    if (!delivery.success) return malformed(delivery.error);
    const age = now - delivery.data.webhookTimestamp;
    if (Math.abs(age) > windowMs)
      return refused(`It was sent ${Math.round(age / 1_000)} s ago by our clock.`);
    if (delivery.data.type !== "Issue") return genuine(rawBody, []);
    const issue = issueNewsSchema.safeParse(body);
    return issue.success ? genuine(rawBody, [named(issue.data)]) : malformed(issue.error);
  },
});

const hexDigest = /^[0-9a-f]{64}$/i;

const isSigned = (rawBody: Buffer, signature: string, secret: string): boolean =>
  hexDigest.test(signature) &&
  timingSafeEqual(Buffer.from(signature, "hex"), createHmac("sha256", secret).update(rawBody).digest());

/** Undefined: it is no JSON. That of a stranger is never parsed: it does not get past the signature. */
const jsonOf = (rawBody: Buffer): unknown => {
  try {
    return JSON.parse(rawBody.toString("utf8"));
  } catch {
    // What is no JSON fits no schema, so it is told like any other body that is not what Linear documents.
    return undefined;
  }
};

/** It changes what is marked when it shows the mark, or changed any label: the one that went may have been the mark. */
const named = ({ data, updatedFrom }: z.infer<typeof issueNewsSchema>): WebhookNews["tickets"][number] => ({
  id: ticketIdOf(data.id),
  identifier: data.identifier,
  concernsMark:
    updatedFrom?.labelIds !== undefined ||
    (data.labels ?? []).some(({ name }) => ourLabel(name) === "AI-Implement"),
});

/**
 * The header `Linear-Delivery` is not signed: whoever sends a body again could put any id beside it. So the delivery
 * goes by its signed bytes. A retry of Linear's own that is stamped anew counts as another one, which costs one look.
 */
const genuine = (rawBody: Buffer, tickets: WebhookNews["tickets"]): WebhookVerdict => ({
  kind: "genuine",
  news: { deliveryId: createHash("sha256").update(rawBody).digest("base64url"), tickets },
});

const refused = (why: string): WebhookVerdict => ({ kind: "refused", why });

/** Says where it differs, and nothing of what stands there. */
const malformed = ({ issues }: z.ZodError): WebhookVerdict => ({
  kind: "malformed",
  why: `It is not what Linear documents, first at: ${issues[0]?.path.join(".") || "the body"}.`,
});
