import type { Project } from "../../core/project.ts";
import type { TicketLookup } from "../../core/reconcile/reconcile-ticket.ts";
import type { TicketId, TrackerKind } from "../../core/ticket.ts";
import type { Logger } from "../../ports/logger.ts";
import type { KnownTicket, Store } from "../../ports/store.ts";
import { type Adapters, trackerFor } from "../adapters.ts";
import { messageOf, withTimeout } from "../timeout.ts";
import type { Observed } from "./observe.ts";

/** What a tracker answered for tickets that were asked for by id. One that it could not answer for is not in it. */
export type FoundTickets = ReadonlyMap<TicketId, TicketLookup>;

const lookUpTimeoutMs = 30_000;

/**
 * Tickets that were marked at the last look, or that a live run works on, and are not among the marked ones now. Missing
 * from a list means nothing yet (a person may be halfway through saving the file), so each is asked for by id.
 */
export const lookUpMissing = async (
  store: Store,
  adapters: Adapters,
  logger: Logger,
  observed: Observed,
  known: readonly KnownTicket[],
  projects: readonly Project[],
): Promise<FoundTickets> => {
  const seen = new Set(observed.tickets.map(({ id }) => id));
  const live = (await store.listLiveRuns()).map(({ value }) => value.ticket);
  const marked = known.filter(({ sight }) => sight !== "unmarked").map(({ ticket }) => ticket);
  const missing = new Map<TicketId, TrackerKind>();
  for (const { id, tracker } of [...live, ...marked])
    if (!seen.has(id) && !observed.failing.has(tracker)) missing.set(id, tracker);
  const found = await Promise.all(
    [...new Set(missing.values())].map((kind) => {
      const ids = [...missing].filter(([, tracker]) => tracker === kind).map(([id]) => id);
      return answersOf(adapters, kind, ids, projects, logger);
    }),
  );
  return new Map(found.flatMap((answers) => [...answers]));
};

/** One ticket that cannot be answered for must not hide the others: after a failure each is asked for by itself. */
const answersOf = async (
  adapters: Adapters,
  kind: TrackerKind,
  ids: readonly TicketId[],
  projects: readonly Project[],
  logger: Logger,
): Promise<FoundTickets> => {
  try {
    const asked = trackerFor(adapters, kind).lookUp(ids, projects);
    return await withTimeout(asked, lookUpTimeoutMs, `The ${kind} tracker`);
  } catch (error) {
    if (ids.length > 1) {
      const each = await Promise.all(ids.map((id) => answersOf(adapters, kind, [id], projects, logger)));
      return new Map(each.flatMap((answers) => [...answers]));
    }
    // A failed look-up is never "absent" (§5.4): what was known stays known, and the next cycle asks again.
    logger.warn({ tracker: kind, tickets: ids, error: messageOf(error) }, "ticket could not be looked up");
    return new Map();
  }
};
