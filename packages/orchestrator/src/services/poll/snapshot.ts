import { type Assessment, assess } from "../../core/dispatch/assess.ts";
import type { DispatchPolicy, Snapshot } from "../../core/dispatch/snapshot.ts";
import type { Project } from "../../core/project.ts";
import type { Instant } from "../../core/time.ts";
import type { DispatchFacts, KnownTicket } from "../../ports/store.ts";
import type { Observed } from "./observe.ts";

export interface Gathered {
  readonly snapshot: Snapshot;
  readonly assessment: Assessment;
}

/** What the trackers show and what the store holds, put together for `decide`. Writes nothing. */
export const gather = (
  projects: readonly Project[],
  observed: Observed,
  known: readonly KnownTicket[],
  facts: DispatchFacts,
  policy: DispatchPolicy,
  now: Instant,
): Gathered => {
  const previous = new Map(known.map((entry) => [entry.ticket.id, entry]));
  const assessment = assess(observed.tickets, facts.histories, facts.liveRuns, previous, now);
  return {
    assessment,
    snapshot: {
      projects,
      tickets: observed.tickets,
      histories: assessment.histories,
      liveRuns: facts.liveRuns,
      openPullRequests: facts.openPullRequests,
      spend: facts.spend,
      failingTrackers: observed.failing,
      policy,
    },
  };
};
