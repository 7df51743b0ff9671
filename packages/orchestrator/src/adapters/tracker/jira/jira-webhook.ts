import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { hours, minutes } from "../../../core/time.ts";
import type { TrackerWebhook, WebhookNews, WebhookVerdict } from "../../../ports/tracker-webhook.ts";

export interface JiraWebhookOptions {
  /** `JIRA_WEBHOOK_SECRET`, as it was given to Jira with the webhook. */
  readonly secret: string;
}

/**
 * How old a delivery may be by its own `timestamp`, in ms. Jira says when the event was, not when it is sent, and sends
 * again for hours what was not acknowledged. The ids of deliveries have to be remembered for longer than this.
 */
const windowMs = hours(24);
/** How far Jira's clock may be ahead of ours. */
const aheadMs = minutes(5);

const deliverySchema = z.object({
  webhookEvent: z.string().max(200),
  timestamp: z.int(),
});

const issueNewsSchema = z.object({
  issue: z.object({ id: z.string().regex(/^\d{1,20}$/), key: z.string().min(1).max(300) }),
  changelog: z
    .object({
      items: z
        .array(z.object({ field: z.string().max(1_000).nullish(), fieldId: z.string().max(1_000).nullish() }))
        .max(1_000),
    })
    .nullish(),
});

const created = "jira:issue_created";
const issueEvents: ReadonlySet<string> = new Set([created, "jira:issue_updated", "jira:issue_deleted"]);

/** Jira's deliveries (developer.atlassian.com, "Webhooks"): `X-Hub-Signature: sha256=` and the hex HMAC of the raw body. */
export const createJiraWebhook = ({ secret }: JiraWebhookOptions): TrackerWebhook => ({
  read(headers, rawBody, now) {
    const signature = headers["x-hub-signature"];
    if (typeof signature !== "string") return refused("It has no X-Hub-Signature.");
    if (!isSigned(rawBody, signature, secret))
      return refused("Its X-Hub-Signature was not made with JIRA_WEBHOOK_SECRET.");
    const body = jsonOf(rawBody);
    const delivery = deliverySchema.safeParse(body);
    if (!delivery.success) return malformed(delivery.error);
    const { webhookEvent, timestamp } = delivery.data;
    const age = now - timestamp;
    if (age > windowMs || age < -aheadMs)
      return refused(`Its event was ${Math.round(age / 1_000)} s ago by our clock.`);
    if (!issueEvents.has(webhookEvent)) return genuine(rawBody, []);
    const issue = issueNewsSchema.safeParse(body);
    return issue.success ? genuine(rawBody, [named(webhookEvent, issue.data)]) : malformed(issue.error);
  },
});

const method = "sha256=";
const signatureFormat = /^sha256=[0-9a-f]{64}$/i;

const isSigned = (rawBody: Buffer, signature: string, secret: string): boolean =>
  signatureFormat.test(signature) &&
  timingSafeEqual(
    Buffer.from(signature.slice(method.length), "hex"),
    createHmac("sha256", secret).update(rawBody).digest(),
  );

/** Undefined: it is no JSON. That of a stranger is never parsed: it does not get past the signature. */
const jsonOf = (rawBody: Buffer): unknown => {
  try {
    return JSON.parse(rawBody.toString("utf8"));
  } catch {
    // What is no JSON fits no schema, so it is told like any other body that is not what Jira documents.
    return undefined;
  }
};

/** Our mark is a custom field whose id differs from site to site, so any of them counts; so does opening and closing. */
const named = (
  webhookEvent: string,
  { issue, changelog }: z.infer<typeof issueNewsSchema>,
): WebhookNews["tickets"][number] => ({
  id: `jira:${issue.id}`,
  identifier: issue.key,
  concernsMark:
    webhookEvent === created ||
    (changelog?.items ?? []).some(({ field, fieldId }) => {
      const changed = fieldId ?? field ?? "";
      return changed.startsWith("customfield_") || changed === "status" || changed === "resolution";
    }),
});

/**
 * The header `X-Atlassian-Webhook-Identifier` is not signed: whoever sends a body again could put any id beside it. So
 * the delivery goes by its signed bytes. A retry of Jira's own with other bytes counts as another one: it costs one look.
 */
const genuine = (rawBody: Buffer, tickets: WebhookNews["tickets"]): WebhookVerdict => ({
  kind: "genuine",
  news: { deliveryId: createHash("sha256").update(rawBody).digest("base64url"), tickets },
});

const refused = (why: string): WebhookVerdict => ({ kind: "refused", why });

/** Says where it differs, and nothing of what stands there. */
const malformed = ({ issues }: z.ZodError): WebhookVerdict => ({
  kind: "malformed",
  why: `It is not what Jira documents, first at: ${issues[0]?.path.join(".") || "the body"}.`,
});
