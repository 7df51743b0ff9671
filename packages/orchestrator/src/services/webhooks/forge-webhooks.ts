import type { Run } from "../../core/run.ts";
import { seconds } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ForgeNews, ForgeWebhook } from "../../ports/forge-webhook.ts";
import type { Logger } from "../../ports/logger.ts";
import type { KnownPullRequest, Store } from "../../ports/store.ts";
import { messageOf, withTimeout } from "../timeout.ts";
import { createComplaints } from "./complaints.ts";
import type { Reception } from "./tracker-webhooks.ts";

/**
 * News from the code host (§12). A delivery says where to look and nothing else: what is true is asked of the host, so
 * that a delivery that is lost, repeated, late or out of order comes to the same in the end.
 */
export interface ForgeWebhooks {
  /** @param headers names in lower case */
  receive(
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    rawBody: Buffer,
  ): Promise<Reception>;
  /** From now on every delivery is `unavailable`: whoever comes next gets it. */
  stop(): void;
}

export interface ForgeWebhooksDependencies {
  readonly store: Pick<Store, "rememberDelivery" | "findPullRequestByNumber" | "listLiveRuns">;
  /** Null: the secret is not set, and every delivery is refused (§4.1). */
  readonly reader: ForgeWebhook | null;
  /** Something happened to this pull request of ours. */
  readonly onPullRequest: (known: KnownPullRequest) => void;
  /** Something happened to this run's resource. */
  readonly onRun: (run: Run) => void;
  /** What we may reach on the code host changed. */
  readonly onAccess: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sooner than GitHub gives up on us, which is after 10 s. */
const rememberTimeoutMs = seconds(4);
/** Deliveries that are acknowledged and still worked on; one more is left to the poll. */
const maxUnderWay = 1_000;

export const createForgeWebhooks = (dependencies: ForgeWebhooksDependencies): ForgeWebhooks => {
  const { store, reader, clock, logger } = dependencies;
  const complain = createComplaints(dependencies);
  let underWay = 0;
  let isStopped = false;

  const follow = async (news: readonly ForgeNews[]): Promise<void> => {
    if (underWay >= maxUnderWay) return;
    underWay += 1;
    try {
      for (const each of news) await followOne(dependencies, each);
    } catch (error) {
      // The poll comes by what it said all the same.
      logger.warn({ error: messageOf(error) }, "webhook of github could not be followed up");
    } finally {
      underWay -= 1;
    }
  };

  /** What is remembered too late for the answer is followed up all the same: nobody will bring it again as a new one. */
  const remember = async (deliveryId: string, onKnown: (isNew: boolean) => void): Promise<boolean> => {
    try {
      const remembering = store.rememberDelivery("github", deliveryId, clock.now()).then(onKnown);
      await withTimeout(remembering, rememberTimeoutMs, "The store");
      return true;
    } catch (error) {
      logger.error({ vendor: "github", error: messageOf(error) }, "webhook could not be remembered");
      return false;
    }
  };

  return {
    async receive(headers, rawBody) {
      if (isStopped) return "unavailable";
      const verdict = reader?.read(headers, rawBody) ?? {
        kind: "refused",
        why: "GITHUB_WEBHOOK_SECRET is not set.",
      };
      if (verdict.kind !== "genuine") {
        complain("github", verdict.kind, verdict.why);
        return verdict.kind;
      }
      const { deliveryId, event, news } = verdict;
      if (news.length === 0) return "accepted";
      const isRemembered = await remember(deliveryId, (isNew) => {
        logger.debug({ event, deliveryId, isNew, news: news.length }, "webhook of github received");
        // Acknowledged first: nobody waits for what follows, and the poll finds what is lost with this process.
        if (isNew) setImmediate(() => void follow(news));
      });
      return isRemembered ? "accepted" : "unavailable";
    },
    stop() {
      isStopped = true;
    },
  };
};

const followOne = async (
  { store, onPullRequest, onRun, onAccess }: ForgeWebhooksDependencies,
  news: ForgeNews,
): Promise<void> => {
  switch (news.kind) {
    case "pull-request": {
      const { owner, name, number } = news;
      const known = await store.findPullRequestByNumber({ forge: "github", owner, name }, number);
      if (known?.pullRequest.state === "open") onPullRequest(known);
      return;
    }
    case "workflow-run": {
      const live = await store.listLiveRuns();
      const run = live.find(({ value }) => value.resource?.id === news.id || news.title.endsWith(value.id));
      if (run !== undefined) onRun(run.value);
      return;
    }
    case "access":
      onAccess();
  }
};
