import { createHmac, randomUUID } from "node:crypto";
import type { WebhookDelivery } from "../shared/webhook-delivery.ts";
import { createWebhookSender } from "../shared/webhook-sender.ts";
import type { Change, Store } from "./store/store.ts";
import { webhookPayload } from "./webhook-payload.ts";

export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

export interface Webhooks {
  tell(change: Change, store: Store): void;
  pause(paused: boolean): void;
  /** Where they go from now on; null: nowhere. */
  aim(target: WebhookTarget | null): void;
  deliveries(): readonly WebhookDelivery[];
  close(): Promise<void>;
}

/**
 * Linear's webhooks for issues and comments of the whole workspace.
 * Headers and signature: https://linear.app/developers/webhooks
 */
export const createWebhooks = (first: WebhookTarget | null): Webhooks => {
  const sender = createWebhookSender();
  const webhookId = randomUUID();
  let target = first;
  return {
    tell(change, store) {
      if (target === null) return;
      const now = Date.now();
      const body = JSON.stringify(webhookPayload(store, change, { webhookId, now }));
      sender.send({
        url: target.url,
        body,
        headers: {
          "Content-Type": "application/json; charset=utf-8",
          "User-Agent": "Linear-Webhook",
          "Linear-Delivery": randomUUID(),
          "Linear-Event": change.kind,
          "Linear-Timestamp": String(now),
          "Linear-Signature": createHmac("sha256", target.secret).update(body).digest("hex"),
        },
      });
    },
    pause: (paused) => sender.pause(paused),
    aim(next) {
      target = next;
    },
    deliveries: () => sender.deliveries(),
    close: () => sender.close(),
  };
};
