import type { DispatchPolicy, TrackerFailure } from "../../core/dispatch/snapshot.ts";
import type { Project } from "../../core/project.ts";
import type { TrackerKind } from "../../core/ticket.ts";
import type { Clock, NewId } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { KnownTicket, Store } from "../../ports/store.ts";
import type { Adapters } from "../adapters.ts";
import type { PollStatus } from "../health.ts";
import { type FoundTickets, lookUpMissing } from "./missing.ts";
import { createObserver, type Observed } from "./observe.ts";
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
  const observer = createObserver(adapters.trackers, clock);
  let lastPollAt: number | null = null;
  let failing: ReadonlyMap<TrackerKind, TrackerFailure> = new Map();
  let ticketProblems: PollStatus["ticketProblems"] = [];

  const listProjects = async (): Promise<readonly Project[]> =>
    (await store.listProjects()).map(({ value }) => value);

  const observeAll = async (
    projects: readonly Project[],
    known: readonly KnownTicket[],
  ): Promise<Observed> => {
    const observed = await observer.look(projects, known);
    for (const [tracker, failure] of observed.failing)
      if (!failing.has(tracker)) logger.warn({ tracker, error: failure.error }, "tracker fails");
    for (const tracker of failing.keys())
      if (!observed.failing.has(tracker)) logger.info({ tracker }, "tracker answers again");
    failing = observed.failing;
    ticketProblems = observed.problems;
    return observed;
  };

  /** Loads what we recorded only now, after the look: it is never older than what was seen. */
  const decideAll = async (
    observed: Observed,
    found: FoundTickets,
    known: readonly KnownTicket[],
  ): Promise<void> => {
    const now = clock.now();
    const projects = await listProjects();
    const facts = await store.dispatchFacts(now);
    const gathered = gather(projects, observed, known, facts, policy, now);
    const { decisions, change } = decideAndRecord(gathered, found, known, facts, newId, now);
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
      const projects = await listProjects();
      // Written by the poll alone, so it cannot change before this cycle records.
      const known = await store.listKnownTickets();
      const observed = await observeAll(projects, known);
      await reconcile.runs();
      const found = await lookUpMissing(store, adapters, logger, observed, known, projects);
      await reconcile.tickets(found);
      await reconcile.pullRequests(known);
      await decideAll(observed, found, known);
      lastPollAt = clock.now();
    },
    status: () => ({ lastPollAt, failingTrackers: failing, ticketProblems }),
  };
};
