import type { TrackerFailure } from "../../core/dispatch/snapshot.ts";
import type { Project } from "../../core/project.ts";
import type { Ticket, TicketProblem, TrackerKind } from "../../core/ticket.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KnownTicket } from "../../ports/store.ts";
import type { Tracker } from "../../ports/tracker.ts";
import { messageOf, withTimeout } from "../timeout.ts";

export interface Observed {
  /** Every marked ticket: freshly read, or as last known where its tracker fails. */
  readonly tickets: readonly Ticket[];
  readonly problems: readonly TicketProblem[];
  readonly failing: ReadonlyMap<TrackerKind, TrackerFailure>;
}

/** Longer than any single request of an adapter, so that its own error comes first. */
const trackerTimeoutMs = 60_000;

/** Reads every tracker in parallel; one that fails delays nobody and keeps its previous knowledge (§6.1). */
export const observe = async (
  trackers: ReadonlyMap<TrackerKind, Tracker>,
  projects: readonly Project[],
  known: readonly KnownTicket[],
  previouslyFailing: ReadonlyMap<TrackerKind, TrackerFailure>,
  clock: Clock,
): Promise<Observed> => {
  const kinds = [...new Set(projects.map((project) => project.ticketing.kind))];
  const looks = await Promise.all(
    kinds.map(async (kind) => {
      const mine = projects.filter((project) => project.ticketing.kind === kind);
      try {
        const tracker = trackers.get(kind);
        if (tracker === undefined)
          throw new Error(
            `No ${kind} tracker is configured, but a project uses it: see \`ai-implement config\`.`,
          );
        const sighting = await withTimeout(tracker.listMarked(mine), trackerTimeoutMs, `The ${kind} tracker`);
        return { kind, sighting, failure: null };
      } catch (error) {
        const since = previouslyFailing.get(kind)?.since ?? clock.now();
        return { kind, sighting: null, failure: { since, error: messageOf(error) } };
      }
    }),
  );
  const tickets = new Map<string, Ticket>();
  const problems: TicketProblem[] = [];
  const failing = new Map<TrackerKind, TrackerFailure>();
  for (const { kind, sighting, failure } of looks) {
    if (failure !== null) failing.set(kind, failure);
    problems.push(...(sighting?.problems ?? []));
    for (const ticket of sighting?.tickets ?? rememberedOf(kind, known)) tickets.set(ticket.id, ticket);
  }
  return { tickets: [...tickets.values()], problems, failing };
};

const rememberedOf = (kind: TrackerKind, known: readonly KnownTicket[]): readonly Ticket[] =>
  known
    .filter(({ ticket, sight }) => ticket.tracker === kind && sight !== "unmarked")
    .map(({ ticket }) => ticket);
