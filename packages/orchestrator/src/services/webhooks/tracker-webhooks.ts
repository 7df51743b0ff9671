import type { TicketId } from "../../core/ticket.ts";
import { minutes, seconds } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Store } from "../../ports/store.ts";
import type { TrackerWebhook } from "../../ports/tracker-webhook.ts";
import type { WatchList } from "../poll/watch-list.ts";
import { messageOf, withTimeout } from "../timeout.ts";
import { relevantTickets } from "./relevant-tickets.ts";

/** The vendors that send webhooks. */
export type WebhookVendor = "linear" | "jira";

export type Reception =
  /** Genuine and remembered, now or before. */
  | "accepted"
  /** Nobody who holds the secret sent it now, or there is no secret. */
  | "refused"
  | "malformed"
  /** It could not be remembered: the vendor has to deliver it again. */
  | "unavailable";

/** News from the trackers, which wakes the poll for what it names and decides nothing (§7.2). */
export interface TrackerWebhooks {
  /** @param headers names in lower case */
  receive(
    vendor: WebhookVendor,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    rawBody: Buffer,
  ): Promise<Reception>;
  /** From now on every delivery is `unavailable`: whoever comes next gets it. */
  stop(): void;
}

export interface TrackerWebhooksDependencies {
  readonly store: Pick<Store, "rememberDelivery">;
  /** By vendor; one whose secret is not set is not there. */
  readonly readers: ReadonlyMap<WebhookVendor, TrackerWebhook>;
  readonly watchList: Pick<WatchList, "current">;
  /** These may have changed. */
  readonly onNews: (tickets: readonly TicketId[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sooner than a vendor gives up on us. */
const rememberTimeoutMs = seconds(4);

export const createTrackerWebhooks = (dependencies: TrackerWebhooksDependencies): TrackerWebhooks => {
  const { store, readers, watchList, onNews, clock, logger } = dependencies;
  const complain = createComplaints(dependencies);
  let isStopped = false;

  /** Remembered before it is acknowledged, and acted on once: the same delivery again is as good as the first. */
  const remember = async (vendor: WebhookVendor, deliveryId: string): Promise<"new" | "known" | "failed"> => {
    try {
      const remembering = store.rememberDelivery(vendor, deliveryId, clock.now());
      return (await withTimeout(remembering, rememberTimeoutMs, "The store")) ? "new" : "known";
    } catch (error) {
      logger.error({ vendor, error: messageOf(error) }, "webhook could not be remembered");
      return "failed";
    }
  };

  return {
    async receive(vendor, headers, rawBody) {
      if (isStopped) return "unavailable";
      const verdict = readers.get(vendor)?.read(headers, rawBody, clock.now()) ?? {
        kind: "refused",
        why: `${vendor.toUpperCase()}_WEBHOOK_SECRET is not set.`,
      };
      if (verdict.kind !== "genuine") {
        complain(vendor, verdict.kind, verdict.why);
        return verdict.kind;
      }
      const { deliveryId, tickets } = verdict.news;
      const remembered = await remember(vendor, deliveryId);
      if (remembered === "failed") return "unavailable";
      if (remembered === "new") {
        const relevant = relevantTickets(tickets, watchList.current());
        logger.debug({ vendor, named: tickets.length, relevant: relevant.length }, "webhook received");
        if (relevant.length > 0) onNews(relevant);
      }
      return "accepted";
    },
    stop() {
      isStopped = true;
    },
  };
};

const complainEveryMs = minutes(1);

/** An operator has to see that a secret is wrong; a stranger must not be able to fill the log. */
const createComplaints = ({ clock, logger }: Pick<TrackerWebhooksDependencies, "clock" | "logger">) => {
  const told = new Map<string, { at: number; since: number }>();
  return (vendor: WebhookVendor, kind: "refused" | "malformed", why: string): void => {
    const topic = `${vendor} ${kind}`;
    const last = told.get(topic);
    const now = clock.now();
    if (last !== undefined && now - last.at < complainEveryMs) {
      last.since += 1;
      return;
    }
    told.set(topic, { at: now, since: 0 });
    logger.warn({ vendor, why, unsaid: last?.since ?? 0 }, `webhook ${kind}`);
  };
};
