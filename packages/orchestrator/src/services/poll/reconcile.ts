import { type Observation, type ReconcilePolicy, reconcileRun } from "../../core/reconcile/reconcile-run.ts";
import { cancelCause } from "../../core/reconcile/reconcile-ticket.ts";
import type { Run } from "../../core/run.ts";
import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { attemptHandle } from "../../ports/executor.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Change, KnownPullRequest, Page, Store } from "../../ports/store.ts";
import { type Adapters, executorFor } from "../adapters.ts";
import type { PullRequestLook } from "../reviews/pull-request-look.ts";
import type { RunEvents } from "../runs/run-events.ts";
import { messageOf, withTimeout } from "../timeout.ts";
import type { FoundTickets } from "./missing.ts";

export interface ReconcileDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly runEvents: RunEvents;
  /** One look at a pull request; a look at the same one that is under way is waited for. */
  readonly lookAt: PullRequestLook;
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
  pullRequests(): Promise<void>;
  /** One live run against its executor. */
  run(run: Run): Promise<void>;
}

const lookTimeoutMs = 30_000;
const pageSize = 20;

export const createReconcile = (dependencies: ReconcileDependencies): Reconcile => {
  const listeningSince = dependencies.clock.now();
  return {
    runs: () => reconcileRuns(dependencies, listeningSince),
    tickets: (found) => reconcileTickets(dependencies, found),
    pullRequests: () => reconcilePullRequests(dependencies),
    run: (run) => reconcileOne(dependencies, run, listeningSince),
  };
};

const reconcileRuns = async (dependencies: ReconcileDependencies, listeningSince: Instant) => {
  const live = await dependencies.store.listLiveRuns();
  await Promise.all(live.map(({ value }) => reconcileOne(dependencies, value, listeningSince)));
};

const reconcileOne = async (
  { adapters, runEvents, policy, clock }: ReconcileDependencies,
  run: Run,
  listeningSince: Instant,
): Promise<void> => {
  const observed = await look(adapters, run);
  const event = reconcileRun(heardSince(run, listeningSince), observed, clock.now(), policy);
  if (event !== null) await runEvents.apply(run.id, event, alsoOf(run, observed));
};

/** The steps of a runner that could not call back come with its report. */
const alsoOf = ({ id: runId }: Run, observed: Observation): Change =>
  observed.kind === "exited" ? { steps: (observed.steps ?? []).map((step) => ({ runId, step })) } : {};

/** While no process of ours listened, the silence was ours: a long outage ends no run that goes on (§15). */
const heardSince = (run: Run, listeningSince: Instant): Run =>
  run.heartbeatAt === undefined ? run : { ...run, heartbeatAt: Math.max(run.heartbeatAt, listeningSince) };

const look = async (adapters: Adapters, run: Run): Promise<Observation> => {
  try {
    const executor = executorFor(adapters, run.executor);
    return await withTimeout(
      executor.observe(attemptHandle(run)),
      lookTimeoutMs,
      `The ${run.executor} executor`,
    );
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
const reconcilePullRequests = async ({ store, lookAt, logger }: ReconcileDependencies): Promise<void> => {
  let cursor: string | null = null;
  do {
    const page: Page<KnownPullRequest> = await store.listPullRequests({
      state: "open",
      limit: pageSize,
      ...(cursor === null ? {} : { cursor }),
    });
    await Promise.all(
      page.items.map(async (opened) => {
        try {
          await lookAt(opened);
        } catch (error) {
          logger.warn(
            { pullRequest: opened.pullRequest.url, error: messageOf(error) },
            "pull request could not be read",
          );
        }
      }),
    );
    cursor = page.nextCursor;
  } while (cursor !== null);
};
