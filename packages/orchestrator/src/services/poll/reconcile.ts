import { type Observation, type ReconcilePolicy, reconcileRun } from "../../core/reconcile/reconcile-run.ts";
import { cancelCause } from "../../core/reconcile/reconcile-ticket.ts";
import type { Run } from "../../core/run.ts";
import { closedPullRequest, mergedPullRequest } from "../../core/runs/after-review.ts";
import type { EffectIntent } from "../../core/runs/effects.ts";
import type { Ticket } from "../../core/ticket.ts";
import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PullRequest } from "../../ports/forge.ts";
import type { Logger } from "../../ports/logger.ts";
import type { KnownPullRequest, KnownTicket, Page, Store } from "../../ports/store.ts";
import { type Adapters, executorFor, forgeFor } from "../adapters.ts";
import type { RunEvents } from "../runs/run-events.ts";
import { messageOf, withTimeout } from "../timeout.ts";
import type { FoundTickets } from "./missing.ts";

export interface ReconcileDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly runEvents: RunEvents;
  readonly policy: ReconcilePolicy;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Reconcile {
  /** Live runs against their executors: adopts, finds lost results, times out (§15). */
  runs(): Promise<void>;
  /** Live runs against their tickets: closed, unmarked and vanished ones are cancelled (§7.1). */
  tickets(found: FoundTickets): Promise<void>;
  /** Open pull requests against their forge: merged and closed ones move their tickets (§12). */
  pullRequests(known: readonly KnownTicket[]): Promise<void>;
}

const lookTimeoutMs = 30_000;
const pageSize = 20;

export const createReconcile = (dependencies: ReconcileDependencies): Reconcile => {
  const listeningSince = dependencies.clock.now();
  return {
    runs: () => reconcileRuns(dependencies, listeningSince),
    tickets: (found) => reconcileTickets(dependencies, found),
    pullRequests: (known) => reconcilePullRequests(dependencies, known),
  };
};

const reconcileRuns = async (
  { store, adapters, runEvents, policy, clock }: ReconcileDependencies,
  listeningSince: Instant,
) => {
  const live = await store.listLiveRuns();
  await Promise.all(
    live.map(async ({ value: run }) => {
      const observed = await look(adapters, run);
      const event = reconcileRun(heardSince(run, listeningSince), observed, clock.now(), policy);
      if (event !== null) await runEvents.apply(run.id, event);
    }),
  );
};

/** While no process of ours listened, the silence was ours: a long outage ends no run that goes on (§15). */
const heardSince = (run: Run, listeningSince: Instant): Run =>
  run.heartbeatAt === undefined ? run : { ...run, heartbeatAt: Math.max(run.heartbeatAt, listeningSince) };

const look = async (adapters: Adapters, run: Run): Promise<Observation> => {
  try {
    const executor = executorFor(adapters, run.executor);
    return await withTimeout(executor.observe(run.id), lookTimeoutMs, `The ${run.executor} executor`);
  } catch (error) {
    return { kind: "unknown", error: messageOf(error) };
  }
};

const reconcileTickets = async ({ store, runEvents }: ReconcileDependencies, found: FoundTickets) => {
  for (const { value: run } of await store.listLiveRuns()) {
    const answer = found.get(run.ticket.id);
    const cause = answer === undefined ? null : cancelCause(answer);
    if (cause !== null) await runEvents.apply(run.id, { kind: "cancelled", cause });
  }
};

/** A page at a time: a thousand open pull requests must not become a thousand requests at once. */
const reconcilePullRequests = async (dependencies: ReconcileDependencies, known: readonly KnownTicket[]) => {
  const tickets = new Map(known.map(({ ticket }) => [ticket.id, ticket]));
  let cursor: string | null = null;
  do {
    const page: Page<KnownPullRequest> = await dependencies.store.listPullRequests({
      state: "open",
      limit: pageSize,
      ...(cursor === null ? {} : { cursor }),
    });
    await Promise.all(
      page.items.map((opened) => reconcilePullRequest(dependencies, opened, tickets.get(opened.ticketId))),
    );
    cursor = page.nextCursor;
  } while (cursor !== null);
};

const reconcilePullRequest = async (
  { store, adapters, clock, logger }: ReconcileDependencies,
  opened: KnownPullRequest,
  ticket: Ticket | undefined,
) => {
  try {
    const forge = forgeFor(adapters, opened.repository.forge);
    const asked = forge.find(opened.repository, opened.pullRequest.number);
    const found = await withTimeout(asked, lookTimeoutMs, `The ${forge.kind} forge`);
    if (found === null || found.state === "open") return;
    const after: KnownPullRequest = { ...opened, pullRequest: found, updatedAt: clock.now() };
    await store.commit({ pullRequests: [after], effects: effectsOfEnd(ticket, found) });
    logger.info(
      { ticket: opened.ticketId, pullRequest: found.url, state: found.state },
      "pull request ended",
    );
  } catch (error) {
    logger.warn(
      { pullRequest: opened.pullRequest.url, error: messageOf(error) },
      "pull request could not be read",
    );
  }
};

const effectsOfEnd = (ticket: Ticket | undefined, pullRequest: PullRequest): readonly EffectIntent[] => {
  if (ticket === undefined) return [];
  return pullRequest.state === "merged"
    ? mergedPullRequest(ticket, pullRequest)
    : closedPullRequest(ticket, pullRequest);
};
