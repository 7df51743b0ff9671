import type { DispatchPolicy, TrackerFailure } from "../../core/dispatch/snapshot.ts";
import type { TrackerKind } from "../../core/ticket.ts";
import type { Clock, NewId } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Store } from "../../ports/store.ts";
import type { Adapters } from "../adapters.ts";
import type { PollStatus } from "../health.ts";
import { type Observed, observe } from "./observe.ts";
import type { Reconcile } from "./reconcile.ts";
import { decideAndRecord } from "./record.ts";
import { gather } from "./snapshot.ts";

export interface PollDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly reconcile: Reconcile;
  readonly policy: DispatchPolicy;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** Called after a commit that may have recorded effects. */
  readonly onEffects: () => void;
}

export interface Poll {
  /** One cycle (§6): observe, reconcile, decide, record. Never called while one is under way. */
  cycle(): Promise<void>;
  status(): PollStatus;
}

export const createPoll = (dependencies: PollDependencies): Poll => {
  const { store, adapters, reconcile, policy, clock, newId, logger, onEffects } = dependencies;
  let lastPollAt: number | null = null;
  let failing: ReadonlyMap<TrackerKind, TrackerFailure> = new Map();
  let ticketProblems: PollStatus["ticketProblems"] = [];

  const observeAll = async (): Promise<Observed> => {
    const [projects, known] = await Promise.all([store.listProjects(), store.listKnownTickets()]);
    const observed = await observe(
      adapters.trackers,
      projects.map(({ value }) => value),
      known,
      failing,
      clock,
    );
    for (const [tracker, failure] of observed.failing)
      if (!failing.has(tracker)) logger.warn({ tracker, error: failure.error }, "tracker fails");
    for (const tracker of failing.keys())
      if (!observed.failing.has(tracker)) logger.info({ tracker }, "tracker answers again");
    failing = observed.failing;
    ticketProblems = observed.problems;
    return observed;
  };

  /** Loads what is recorded only now, after the look: our own record is never older than what was seen. */
  const decideAll = async (observed: Observed): Promise<void> => {
    const now = clock.now();
    const projects = (await store.listProjects()).map(({ value }) => value);
    const known = await store.listKnownTickets();
    const facts = await store.dispatchFacts(now);
    const gathered = gather(projects, observed, known, facts, policy, now);
    const { decisions, change } = decideAndRecord(gathered, observed, known, facts, newId, now);
    const result = await store.commit(change);
    const dispatched = decisions.filter(({ kind }) => kind === "dispatch").length;
    if (result === "conflict")
      logger.warn({ dispatched }, "another writer came first: nothing recorded, the next cycle decides anew");
    else {
      logger.debug({ tickets: decisions.length, dispatched }, "poll recorded");
      onEffects();
    }
  };

  return {
    async cycle() {
      const observed = await observeAll();
      const projects = (await store.listProjects()).map(({ value }) => value);
      await reconcile.runs();
      await reconcile.tickets(
        new Set(observed.tickets.map(({ id }) => id)),
        new Set(observed.failing.keys()),
        projects,
      );
      await reconcile.pullRequests(await store.listKnownTickets());
      await decideAll(observed);
      lastPollAt = clock.now();
    },
    status: () => ({ lastPollAt, failingTrackers: failing, ticketProblems }),
  };
};
