import type { DispatchPolicy, TrackerFailure } from "../../core/dispatch/snapshot.ts";
import type { Project } from "../../core/project.ts";
import type { Ticket, TicketId, TrackerKind } from "../../core/ticket.ts";
import { seconds } from "../../core/time.ts";
import type { Clock, NewId } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Change, CommitResult, KnownTicket, Store } from "../../ports/store.ts";
import type { Adapters } from "../adapters.ts";
import type { PollStatus } from "../health.ts";
import { messageOf } from "../timeout.ts";
import { type FoundTickets, lookUpMissing } from "./missing.ts";
import { createNamedLookUp } from "./named/look-up.ts";
import { onlyAbout } from "./named/only-about.ts";
import { sightingByName } from "./named/sighting.ts";
import { createObserver, type Observed } from "./observe.ts";
import { withPatience } from "./patience.ts";
import type { Reconcile } from "./reconcile.ts";
import { decideAndRecord, type Recording } from "./record.ts";
import { gather } from "./snapshot.ts";
import { type WatchList, watchedOf } from "./watch-list.ts";

export interface PollDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly reconcile: Reconcile;
  readonly policy: DispatchPolicy;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** Told after each look what there is to watch. */
  readonly watchList: WatchList;
  /** Called after a commit that may have recorded effects. */
  readonly onEffects: () => void;
  /** Called when a look by name shows that only a full one can go on. */
  readonly onFullLookWanted: () => void;
}

export interface Poll {
  /**
   * One cycle (§6): observe, reconcile, decide, record. With names it asks the trackers for these tickets alone, and
   * neither executor nor forge; everything else stays as it was last known. Never called while one is under way.
   */
  cycle(named?: readonly TicketId[]): Promise<void>;
  /** Of the full cycles. */
  status(): PollStatus;
}

/** What executors and code hosts say may come later; tickets are decided on all the same. */
const patienceMs = seconds(10);

interface Look {
  readonly observed: Observed;
  readonly found: FoundTickets;
  readonly known: readonly KnownTicket[];
}

export const createPoll = (dependencies: PollDependencies): Poll => {
  const { store, adapters, reconcile, policy, clock, newId, logger, watchList } = dependencies;
  const observer = createObserver(adapters.trackers, clock);
  const namedLookUp = createNamedLookUp(adapters.trackers, logger);
  let lastPollAt: number | null = null;
  let failing: ReadonlyMap<TrackerKind, TrackerFailure> = new Map();
  let ticketProblems: PollStatus["ticketProblems"] = [];
  /** By the last full look. */
  let listed: ReadonlySet<TicketId> = new Set();

  const patience = {
    patienceMs,
    onLateError: (error: unknown) => logger.error({ error: messageOf(error) }, "reconciling failed"),
  };
  const reconcileRuns = withPatience(reconcile.runs, patience);
  const reconcilePullRequests = withPatience(reconcile.pullRequests, patience);

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
  const decideAll = async ({ observed, found, known }: Look): Promise<Recording> => {
    const now = clock.now();
    const projects = await listProjects();
    const facts = await store.dispatchFacts(now);
    const gathered = gather(projects, observed, known, facts, policy, now);
    watchList.replace(watchedOf(observed.tickets, found, known, facts.liveRuns));
    return decideAndRecord(gathered, found, known, facts, newId, now);
  };

  const commit = async (change: Change, tickets: number): Promise<CommitResult> => {
    const dispatched = change.admissions?.length ?? 0;
    const result = await store.commit(change);
    if (result === "conflict")
      logger.warn({ dispatched }, "another writer came first: nothing recorded, the next cycle decides anew");
    else {
      logger.debug({ tickets, dispatched }, "poll recorded");
      dependencies.onEffects();
    }
    return result;
  };

  const fullCycle = async (): Promise<void> => {
    const projects = await listProjects();
    // Written by the poll alone, so it cannot change before this cycle records.
    const known = await store.listKnownTickets();
    const observed = await observeAll(projects, known);
    await reconcileRuns();
    const found = await lookUpMissing(store, adapters, logger, observed, known, projects);
    await reconcile.tickets(found);
    await reconcilePullRequests();
    listed = new Set(observed.tickets.map(({ id }) => id));
    const { decisions, change } = await decideAll({ observed, found, known });
    await commit(change, decisions.length);
    lastPollAt = clock.now();
  };

  /**
   * Decides over all that is known, so that order and capacity are right, and records of it what is about the tickets
   * that were answered for. The others were not looked at: what people were told of them stands, and none of them is
   * dispatched on hearsay. If one could be that the last full look listed, another one is due.
   */
  const namedCycle = async (named: readonly TicketId[]): Promise<void> => {
    const projects = await listProjects();
    const found = await namedLookUp.ask(named, projects, failing);
    if (found.size === 0) return;
    await reconcile.tickets(found);
    const known = await store.listKnownTickets();
    const observed = sightingByName(found, known, projects, failing);
    const { decisions, change } = await decideAll({ observed, found, known });
    const seen = new Set(found.keys());
    const result = await commit(onlyAbout(seen, change), seen.size);
    const isUnseen = ({ id }: Ticket): boolean => listed.has(id) && !seen.has(id);
    const couldGoOn = decisions.some(({ kind, ticket }) => kind === "dispatch" && isUnseen(ticket));
    if (result === "conflict" || couldGoOn) dependencies.onFullLookWanted();
  };

  return {
    cycle: (named) => watchList.duringLook(() => (named === undefined ? fullCycle() : namedCycle(named))),
    status: () => ({ lastPollAt, failingTrackers: failing, ticketProblems }),
  };
};
