import type { GapFillRequest } from "@ai-implement/contracts";
import type { Repository } from "../../core/project.ts";
import { feedbackId } from "../../core/review/judge-remarks.ts";
import type { TicketId } from "../../core/ticket.ts";
import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { KnownPullRequest, Store } from "../../ports/store.ts";
import { messageOf } from "../timeout.ts";

export type GapFillOutcome =
  | { readonly kind: "dispatched" }
  /** There is nothing to do, or it is under way. */
  | { readonly kind: "nothing-to-do"; readonly reason: string }
  /** No pull request of ours has this number and this ticket. */
  | { readonly kind: "not-found" }
  | { readonly kind: "paused" }
  | { readonly kind: "failed" };

/** For repositories that tell us of `/ai-implement` by a workflow of theirs instead of a webhook (§12). */
export type GapFill = (request: GapFillRequest) => Promise<GapFillOutcome>;

export interface GapFillDependencies {
  readonly store: Store;
  /** A look at the pull request, now. */
  readonly lookAt: (known: KnownPullRequest) => Promise<void>;
  readonly onFeedback: (ticketId: TicketId, readyAt: Instant) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export const createGapFill =
  ({ store, lookAt, onFeedback, clock, logger }: GapFillDependencies): GapFill =>
  async ({ issueKey, prNumber }) => {
    const known = await findOurs(store, issueKey, prNumber);
    if (known === null) return { kind: "not-found" };
    const project = (await store.findProject(known.projectKey))?.value;
    if (project === undefined) return { kind: "not-found" };
    if (project.paused) return { kind: "paused" };
    if (known.pullRequest.state !== "open")
      return { kind: "nothing-to-do", reason: `The pull request is ${known.pullRequest.state}.` };
    try {
      // Whatever was written there is taken up by its own words, whoever told us first.
      await lookAt(known);
    } catch (error) {
      logger.warn({ pullRequest: known.pullRequest.url, error: messageOf(error) }, "gap-fill: look failed");
      return { kind: "failed" };
    }
    return askForGaps({ store, onFeedback, clock }, known);
  };

const findOurs = async (
  store: Store,
  issueKey: string,
  prNumber: number,
): Promise<KnownPullRequest | null> => {
  const repositories = new Map<string, Repository>(
    (await store.listProjects()).map(({ value: { repository } }) => [feedbackId(repository, ""), repository]),
  );
  for (const repository of repositories.values()) {
    const known = await store.findPullRequestByNumber(repository, prNumber);
    if (known === null) continue;
    const ticket = (await store.findKnownTicket(known.ticketId))?.ticket;
    if (ticket?.identifier.toLowerCase() === issueKey.toLowerCase()) return known;
  }
  return null;
};

const askForGaps = async (
  { store, onFeedback, clock }: Pick<GapFillDependencies, "store" | "onFeedback" | "clock">,
  known: KnownPullRequest,
): Promise<GapFillOutcome> => {
  const { ticketId, repository, pullRequest } = known;
  const live = (await store.listLiveRuns()).find(({ value }) => value.ticket.id === ticketId);
  const now = clock.now();
  const waiting = (await store.listFeedback(ticketId)).filter(({ runId }) => runId === null);
  if (waiting.length > 0) {
    onFeedback(ticketId, now);
    return { kind: "dispatched" };
  }
  if (live !== undefined)
    return { kind: "nothing-to-do", reason: `A ${live.value.phase} run works on it already.` };
  const last = await store.lastGapAnalysis(ticketId);
  if (last === null || last.analysis.gaps.length === 0)
    return { kind: "nothing-to-do", reason: "Nothing was asked for, and the gap analysis names no gap." };
  await store.commit({
    feedback: [
      {
        // One that waits or is worked on was seen above: this one is asked for anew.
        id: feedbackId(repository, `gap-fill:${last.runId}:${now}`),
        ticketId,
        repository,
        pullRequest: pullRequest.number,
        kind: "command",
        author: "gap-fill",
        body: "Close the gaps that the gap analysis names.",
        url: pullRequest.url,
        receivedAt: now,
        readyAt: now,
      },
    ],
    releasedLeases: [{ ticketId, phase: "revise" }],
  });
  onFeedback(ticketId, now);
  return { kind: "dispatched" };
};
