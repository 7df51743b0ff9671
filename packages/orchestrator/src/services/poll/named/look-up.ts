import type { Project } from "../../../core/project.ts";
import type { TicketId, TrackerKind } from "../../../core/ticket.ts";
import { seconds } from "../../../core/time.ts";
import type { Logger } from "../../../ports/logger.ts";
import type { Tracker } from "../../../ports/tracker.ts";
import { messageOf, withTimeout } from "../../timeout.ts";
import type { FoundTickets } from "../missing.ts";
import { inTime } from "../observe.ts";

/** Asks each tracker once for the tickets that were named. One that fails or hangs answers for none, and delays nobody. */
export interface NamedLookUp {
  /** `failing`: not asked at all. Nor is a tracker that has not answered an earlier look-up yet, or that no project uses. */
  ask(
    named: readonly TicketId[],
    projects: readonly Project[],
    failing: { has(kind: TrackerKind): boolean },
  ): Promise<FoundTickets>;
}

/** How long a look by name waits. The answer that comes later is dropped: the next full look is as new. */
const patienceMs = seconds(5);
/** Longer than any single request of an adapter. */
const timeoutMs = seconds(60);

export const createNamedLookUp = (
  trackers: ReadonlyMap<TrackerKind, Tracker>,
  logger: Logger,
): NamedLookUp => {
  const underWay = new Set<TrackerKind>();

  const answerOf = async (
    tracker: Tracker,
    ids: readonly TicketId[],
    projects: readonly Project[],
  ): Promise<FoundTickets> => {
    const { kind } = tracker;
    underWay.add(kind);
    try {
      return await withTimeout(tracker.lookUp(ids, projects), timeoutMs, `The ${kind} tracker`);
    } catch (error) {
      // A failed look-up is never "absent" (§5.4): what was known stays known until the next full look.
      logger.warn({ tracker: kind, tickets: ids.length, error: messageOf(error) }, "look by name failed");
      return new Map();
    } finally {
      underWay.delete(kind);
    }
  };

  return {
    async ask(named, projects, failing) {
      const used = new Set(projects.map(({ ticketing }) => ticketing.kind));
      const answers = [...trackers.values()]
        .filter(({ kind }) => used.has(kind) && !failing.has(kind) && !underWay.has(kind))
        .map((tracker) => ({ tracker, ids: named.filter((id) => id.startsWith(`${tracker.kind}:`)) }))
        .filter(({ ids }) => ids.length > 0)
        .map(async ({ tracker, ids }) => {
          const found = await inTime(answerOf(tracker, ids, projects), patienceMs);
          if (found === null) logger.warn({ tracker: tracker.kind }, "look by name is not answered in time");
          return [...(found ?? [])];
        });
      return new Map((await Promise.all(answers)).flat());
    },
  };
};
