import { z } from "zod";
import { minutes } from "../../../core/time.ts";
import type { MarkNews, TicketNews, TrackerWebhook } from "../../../ports/tracker-webhook.ts";
import { genuine, isSignedWith, jsonOf, malformed, refused } from "../../shared/signed-body.ts";
import { type OurLabel, ourLabel } from "./markers.ts";
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

const idSchema = z.string().max(100);

const issueNewsSchema = z.object({
  action: z.unknown(),
  data: z.object({
    id: z.guid(),
    identifier: z.string().min(1).max(100),
    labels: z
      .array(z.object({ id: idSchema.nullish(), name: z.string().max(1_000) }))
      .max(1_000)
      .nullish(),
  }),
  /** The values before an update, of the fields that it changed. */
  updatedFrom: z.object({ labelIds: z.array(idSchema).max(1_000).nullish() }).nullish(),
});
type IssueNews = z.infer<typeof issueNewsSchema>;

/** Linear's deliveries (linear.app/developers/webhooks): `Linear-Signature` is the hex HMAC-SHA256 of the raw body. */
export const createLinearWebhook = ({ secret }: LinearWebhookOptions): TrackerWebhook => ({
  read(headers, rawBody, now) {
    const signature = headers["linear-signature"];
    if (typeof signature !== "string") return refused("It has no Linear-Signature.");
    if (!isSignedWith(secret, { rawBody, digest: signature }))
      return refused("Its Linear-Signature was not made with LINEAR_WEBHOOK_SECRET.");
    const body = jsonOf(rawBody);
    const delivery = deliverySchema.safeParse(body);
    if (!delivery.success) return malformed("Linear", delivery.error);
    const age = now - delivery.data.webhookTimestamp;
    if (Math.abs(age) > windowMs)
      return refused(`It was sent ${Math.round(age / 1_000)} s ago by our clock.`);
    if (delivery.data.type !== "Issue") return genuine(rawBody, []);
    const issue = issueNewsSchema.safeParse(body);
    return issue.success ? genuine(rawBody, [named(issue.data)]) : malformed("Linear", issue.error);
  },
});

const named = (news: IssueNews): TicketNews => ({
  id: ticketIdOf(news.data.id),
  identifier: news.data.identifier,
  mark: markOf(news),
});

/**
 * Our own writes come back as updates that put on and take off other labels than a person's (§7.1). The ids of all
 * labels before are told, and the names only of those that are there now: so of a label that went, nobody knows which.
 */
const markOf = ({ action, data: { labels }, updatedFrom }: IssueNews): MarkNews => {
  const before = updatedFrom?.labelIds ?? null;
  // Without the labels it cannot be told.
  if (labels === undefined || labels === null) return before === null ? "none" : "put";
  const byPerson = labels.filter(({ name }) => isPersons(ourLabel(name)));
  const isMarked = byPerson.some(({ name }) => ourLabel(name) === "AI-Implement");
  if (action === "remove") return isMarked ? "taken" : "none";
  if (before === null) return markWhere(isMarked, action === "create");
  if (!isMarked) return "taken";
  return markWhere(isMarked, !byPerson.every(({ id }) => before.includes(id ?? "")));
};

const markWhere = (isMarked: boolean, isNew: boolean): MarkNews => {
  if (!isMarked) return "none";
  return isNew ? "put" : "kept";
};

/** Those that we never put on. */
const isPersons = (label: OurLabel | null): boolean => label === "AI-Implement" || label === "Plan-Approved";
