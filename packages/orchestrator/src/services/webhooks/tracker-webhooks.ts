import type { TicketId } from "../../core/ticket.ts";
import { seconds } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Store } from "../../ports/store.ts";
import type { TicketNews, TrackerWebhook } from "../../ports/tracker-webhook.ts";
import type { Concern } from "../poll/named/looks.ts";
import type { WatchList } from "../poll/watch-list.ts";
import { messageOf, withTimeout } from "../timeout.ts";
import { createComplaints } from "./complaints.ts";
import { type Relevant, relevantTickets } from "./relevant-tickets.ts";

/** The vendors that send webhooks. */
export type WebhookVendor = "linear" | "jira";

export type Reception =
  /** Genuine, and remembered, now or before, unless nothing comes of it. */
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
  readonly watchList: Pick<WatchList, "current" | "afterLook">;
  /** These may have changed; called once for each concern. */
  readonly onNews: (tickets: readonly TicketId[], concern: Concern) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sooner than a vendor gives up on us. */
const rememberTimeoutMs = seconds(4);
/** Deliveries that are kept until the look under way has ended. What comes on top is left to the next full look. */
const maxKept = 1_000;

export const createTrackerWebhooks = (dependencies: TrackerWebhooksDependencies): TrackerWebhooks => {
  const { store, readers, watchList, onNews, clock, logger } = dependencies;
  const complain = createComplaints(dependencies);
  let kept = 0;
  let isStopped = false;

  /**
   * Remembered before it is acknowledged, and acted on once: the same delivery again is as good as the first. What is
   * remembered too late for the answer is acted on all the same, for nobody will bring it again as a new one.
   */
  const remember = async (vendor: WebhookVendor, deliveryId: string, onNew: () => void): Promise<boolean> => {
    try {
      const remembering = store.rememberDelivery(vendor, deliveryId, clock.now()).then((isNew) => {
        if (isNew) onNew();
      });
      await withTimeout(remembering, rememberTimeoutMs, "The store");
      return true;
    } catch (error) {
      logger.error({ vendor, error: messageOf(error) }, "webhook could not be remembered");
      return false;
    }
  };

  const tell = (relevant: Relevant): void => {
    for (const concern of ["mark", "other"] as const) {
      const tickets = [...relevant].filter(([, its]) => its === concern).map(([id]) => id);
      if (tickets.length > 0) onNews(tickets, concern);
    }
  };

  /** The look under way may be about to learn of a ticket that is blocked by one of these, and has seen it as it was. */
  const matchAgain = async (
    tickets: readonly TicketNews[],
    told: Relevant,
    afterLook: Promise<void>,
  ): Promise<void> => {
    if (kept >= maxKept) return;
    kept += 1;
    await afterLook;
    kept -= 1;
    tell(new Map([...relevantTickets(tickets, watchList.current())].filter(([id]) => !told.has(id))));
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
      const relevant = relevantTickets(tickets, watchList.current());
      const afterLook = watchList.afterLook();
      // Nothing comes of it, now or again, so nothing is written: most of what a busy workspace sends is of this kind.
      if (relevant.size === 0 && (afterLook === null || tickets.length === 0)) return "accepted";
      const isRemembered = await remember(vendor, deliveryId, () => {
        logger.debug({ vendor, named: tickets.length, relevant: relevant.size }, "webhook received");
        tell(relevant);
        if (afterLook !== null) void matchAgain(tickets, relevant, afterLook);
      });
      return isRemembered ? "accepted" : "unavailable";
    },
    stop() {
      isStopped = true;
    },
  };
};
