import { askersIn, feedbackId, judgeRemarks, type Reviewed } from "../../core/review/judge-remarks.ts";
import { type RemarksWindow, remarksWindow, type Sight } from "../../core/review/remarks-window.ts";
import { closedPullRequest, mergedPullRequest } from "../../core/runs/after-review.ts";
import type { EffectIntent } from "../../core/runs/effects.ts";
import type { Ticket, TicketId } from "../../core/ticket.ts";
import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Forge, ForgeReviews, PullRequest } from "../../ports/forge.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Change, KnownPullRequest, Store } from "../../ports/store.ts";
import { type Adapters, forgeFor } from "../adapters.ts";
import { mapLimited } from "../map-limited.ts";
import type { RunEvents } from "../runs/run-events.ts";
import { withTimeout } from "../timeout.ts";

export interface PullRequestLookDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly runEvents: RunEvents;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after a commit that may have recorded effects. */
  readonly onEffects: () => void;
  /** People asked for something on this ticket's pull request; a run may begin with it from then on. */
  readonly onFeedback: (ticketId: TicketId, readyAt: Instant) => void;
}

/** One look at a pull request of ours: whether it still is open, and what was said on it since the last one (§12). */
export type PullRequestLook = (opened: KnownPullRequest) => Promise<void>;

const lookTimeoutMs = 30_000;
/** People whose permission is asked for together: on a public repository, any number of strangers may order us about. */
const askedAtOnce = 8;

/** The same look, whoever wanted it: a webhook only makes it sooner. @throws whatever the forge or the store threw */
export const createPullRequestLook =
  (dependencies: PullRequestLookDependencies): PullRequestLook =>
  async (opened) => {
    const { adapters, logger } = dependencies;
    const forge = forgeFor(adapters, opened.repository.forge);
    const found = await timed(forge, forge.find(opened.repository, opened.pullRequest.number));
    if (found === null) return;
    if (found.state !== "open") {
      await recordEnd(dependencies, opened, found);
      logger.info(
        { ticket: opened.ticketId, pullRequest: found.url, state: found.state },
        "pull request ended",
      );
      return;
    }
    if (forge.reviews !== undefined) await readRemarks(dependencies, forge, forge.reviews, opened, found);
  };

const timed = <Value>(forge: Forge, asked: Promise<Value>): Promise<Value> =>
  withTimeout(asked, lookTimeoutMs, `The ${forge.kind} forge`);

/** Whatever works on it for this ticket ends with it: nobody will look at what it would push. */
const recordEnd = async (
  { store, runEvents, clock, onEffects }: PullRequestLookDependencies,
  opened: KnownPullRequest,
  found: PullRequest,
): Promise<void> => {
  const { repository, ticketId } = opened;
  // Whoever asked for this look may know it as it was before another one.
  const recorded = await store.findPullRequestByNumber(repository, found.number);
  if (recorded?.pullRequest.state !== "open") return;
  const ticket = (await store.findKnownTicket(ticketId))?.ticket;
  const change: Change = {
    pullRequests: [{ ...opened, pullRequest: found, updatedAt: clock.now() }],
    effects: effectsOfEnd(ticket, found),
  };
  const live = (await store.listLiveRuns()).find(({ value }) => value.ticket.id === ticketId);
  if (live === undefined) await store.commit(change);
  else {
    const cause = found.state === "merged" ? "pull-request-merged" : "pull-request-closed";
    await runEvents.apply(live.value.id, { kind: "cancelled", cause }, change);
  }
  onEffects();
};

const effectsOfEnd = (ticket: Ticket | undefined, pullRequest: PullRequest): readonly EffectIntent[] => {
  if (ticket === undefined) return [];
  return pullRequest.state === "merged"
    ? mergedPullRequest(ticket, pullRequest)
    : closedPullRequest(ticket, pullRequest, pullRequest.updatedAt);
};

const readRemarks = async (
  dependencies: PullRequestLookDependencies,
  forge: Forge,
  reviews: ForgeReviews,
  opened: KnownPullRequest,
  found: PullRequest,
): Promise<void> => {
  const { store, clock, onEffects, onFeedback } = dependencies;
  const { ticketId, repository } = opened;
  const window = remarksWindow(sightOf(opened), found.updatedAt, clock.now());
  if (window === null) return;
  const reviewed: Reviewed = { ticketId, repository, number: found.number, head: found.head };
  const remarks = await timed(forge, reviews.remarks(repository, found.number, window.since));
  const known = new Set((await store.listFeedback(ticketId)).map(({ id }) => id));
  const news = remarks.filter(({ id }) => !known.has(feedbackId(repository, id)));
  const writers = await writersAmong(forge, reviews, opened, askersIn(news));
  const now = clock.now();
  const surroundings = await surroundingsOf(store, opened);
  const { feedback, effects } = judgeRemarks(news, reviewed, known, writers, surroundings, now);
  const change: Change = {
    pullRequests: [seenAgain(opened, found, window, now)],
    feedback,
    effects,
    // A person asked again: the claim of the revision before must not hold this one up (§5.4).
    releasedLeases: feedback.length === 0 ? [] : [{ ticketId, phase: "revise" }],
  };
  await store.commit(change);
  if (effects.length > 0) onEffects();
  if (feedback.length > 0) onFeedback(ticketId, Math.max(...feedback.map(({ readyAt }) => readyAt)));
};

const sightOf = ({ remarksSeenAt, pullRequest, updatedAt }: KnownPullRequest): Sight => ({
  seenUpTo: remarksSeenAt,
  changedAt: pullRequest.updatedAt,
  knownSince: updatedAt,
});

/** `updatedAt` stays where the pull request did: since then we know it as it is. */
const seenAgain = (
  opened: KnownPullRequest,
  found: PullRequest,
  { seenUpTo }: RemarksWindow,
  now: Instant,
): KnownPullRequest => ({
  ...opened,
  ...(seenUpTo === undefined ? {} : { remarksSeenAt: seenUpTo }),
  pullRequest: found,
  updatedAt:
    found.updatedAt !== undefined && found.updatedAt === opened.pullRequest.updatedAt
      ? opened.updatedAt
      : now,
});

const writersAmong = async (
  forge: Forge,
  reviews: ForgeReviews,
  { repository }: KnownPullRequest,
  logins: readonly string[],
): Promise<ReadonlySet<string>> => {
  const answers = await mapLimited(logins, askedAtOnce, async (login) => ({
    login,
    mayWrite: await timed(forge, reviews.mayWrite(repository, login)),
  }));
  return new Set(answers.filter(({ mayWrite }) => mayWrite).map(({ login }) => login));
};

const surroundingsOf = async (store: Store, { ticketId, projectKey }: KnownPullRequest) => {
  const known = await store.findKnownTicket(ticketId);
  return {
    ticket: known?.ticket,
    isMarked: known !== null && known.sight !== "unmarked",
    project: (await store.findProject(projectKey))?.value,
  };
};
