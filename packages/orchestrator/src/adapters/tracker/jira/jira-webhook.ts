import { z } from "zod";
import { hours, minutes } from "../../../core/time.ts";
import type { MarkNews, TicketNews, TrackerWebhook } from "../../../ports/tracker-webhook.ts";
import { genuine, isSignedWith, jsonOf, malformed, refused } from "../../shared/signed-body.ts";
import { isPersonsMark, meaningOf } from "./stage-words.ts";

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

/** The words of a change are `fromString` and `toString`; every object has one of the latter, so only an own one counts. */
const changeSchema = z
  .looseObject({ field: z.string().max(1_000).nullish(), fieldId: z.string().max(1_000).nullish() })
  .transform(({ field, fieldId, ...rest }) => {
    const told = new Map(Object.entries(rest));
    return { field: fieldId ?? field ?? "", from: told.get("fromString"), to: told.get("toString") };
  });
type Change = z.infer<typeof changeSchema>;

const issueNewsSchema = z.object({
  issue: z.object({ id: z.string().regex(/^\d{1,15}$/), key: z.string().min(1).max(300) }),
  changelog: z.object({ items: z.array(changeSchema).max(1_000) }).nullish(),
});

const created = "jira:issue_created";
const issueEvents: ReadonlySet<string> = new Set([created, "jira:issue_updated", "jira:issue_deleted"]);

/** Jira's deliveries (developer.atlassian.com, "Webhooks"): `X-Hub-Signature: sha256=` and the hex HMAC of the raw body. */
export const createJiraWebhook = ({ secret }: JiraWebhookOptions): TrackerWebhook => ({
  read(headers, rawBody, now) {
    const signature = headers["x-hub-signature"];
    if (typeof signature !== "string") return refused("It has no X-Hub-Signature.");
    const digest = signatureFormat.exec(signature)?.[1] ?? "";
    if (!isSignedWith(secret, { rawBody, digest }))
      return refused("Its X-Hub-Signature was not made with JIRA_WEBHOOK_SECRET.");
    const body = jsonOf(rawBody);
    const delivery = deliverySchema.safeParse(body);
    if (!delivery.success) return malformed("Jira", delivery.error);
    const { webhookEvent, timestamp } = delivery.data;
    const age = now - timestamp;
    if (age > windowMs || age < -aheadMs)
      return refused(`Its event was ${Math.round(age / 1_000)} s ago by our clock.`);
    if (!issueEvents.has(webhookEvent)) return genuine(rawBody, []);
    const issue = issueNewsSchema.safeParse(body);
    return issue.success
      ? genuine(rawBody, [named(webhookEvent, issue.data)])
      : malformed("Jira", issue.error);
  },
});

const signatureFormat = /^sha256=(.*)$/;

const named = (webhookEvent: string, { issue, changelog }: z.infer<typeof issueNewsSchema>): TicketNews => {
  const marks = (changelog?.items ?? []).map(markOf);
  // One that was created may have been marked with that.
  if (webhookEvent === created) marks.push("kept");
  const mark = byUrgency.find((each) => marks.includes(each)) ?? "none";
  return { id: `jira:${issue.id}`, identifier: issue.key, mark };
};

const byUrgency: readonly MarkNews[] = ["put", "taken", "kept"];

/**
 * Our mark is a custom field whose id differs from site to site, so it is known by its words (§7.1). Of those, `Ready`
 * and `Plan Approved` are a person's; the others come back from our own writes. Opening and closing may matter too.
 */
const markOf = ({ field, from, to }: Change): MarkNews => {
  if (field === "status" || field === "resolution") return "kept";
  if (!field.startsWith("customfield_")) return "none";
  // Without the words it cannot be told.
  if (from === undefined && to === undefined) return "put";
  const after = meaningOf(wordOf(to));
  if (after.kind === "marked") return isPersonsMark(after.stage) ? "put" : "kept";
  return after.kind === "unmarked" && meaningOf(wordOf(from)).kind === "marked" ? "taken" : "none";
};

const wordOf = (told: unknown): string | null => (typeof told === "string" ? told : null);
