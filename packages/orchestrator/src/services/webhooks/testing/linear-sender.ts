import { createHmac } from "node:crypto";
import type { Ticket } from "../../../core/ticket.ts";
import type { Instant } from "../../../core/time.ts";
import type { MarkNews } from "../../../ports/tracker-webhook.ts";
import type { Reception, TrackerWebhooks } from "../tracker-webhooks.ts";

export const linearSecret = "a signing secret of Linear's";

/** As Linear sends it. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
}

/** An issue's id, as Linear makes them. */
export const linearIssueId = (n: number): string =>
  `6f0d6f5e-2f4c-4a39-9f0c-${n.toString(16).padStart(12, "0")}`;

/** That the issue was edited; by default that a person labelled it. */
export const issueUpdate = (
  { id, identifier }: Pick<Ticket, "id" | "identifier">,
  at: Instant,
  mark: MarkNews = "put",
): Delivery => {
  const isMarked = mark === "put" || mark === "kept";
  const labelIds = { put: [], taken: ["mark"], kept: undefined, none: undefined }[mark];
  const body = JSON.stringify({
    type: "Issue",
    action: "update",
    webhookTimestamp: at,
    data: {
      id: id.slice("linear:".length),
      identifier,
      labels: isMarked ? [{ id: "mark", name: "AI-Implement" }] : [],
    },
    updatedFrom: { updatedAt: new Date(at).toISOString(), labelIds },
  });
  const signature = createHmac("sha256", linearSecret).update(body).digest("hex");
  return { headers: { "linear-signature": signature }, rawBody: Buffer.from(body) };
};

export const deliver = (webhooks: TrackerWebhooks, { headers, rawBody }: Delivery): Promise<Reception> =>
  webhooks.receive("linear", headers, rawBody);
