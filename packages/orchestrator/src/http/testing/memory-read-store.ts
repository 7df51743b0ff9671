import type { Lease } from "../../core/runs/admit.ts";
import type { KnownPullRequest, KnownTicket, Page, RunDetails, RunLine } from "../../ports/store.ts";
import type { ReadStore } from "../app-dependencies.ts";

export interface Contents {
  readonly runs?: readonly RunLine[];
  readonly details?: readonly RunDetails[];
  readonly knownTickets?: readonly KnownTicket[];
  readonly pullRequests?: readonly KnownPullRequest[];
  readonly leases?: readonly Lease[];
}

/** What the read routes ask of a store, over plain lists. Its cursors are offsets, and like a real one it throws for any other. */
export const createMemoryReadStore = (contents: Contents): ReadStore => ({
  async listRuns({ cursor, limit, projectKey, phase, states }) {
    const found = (contents.runs ?? []).filter(
      ({ run }) =>
        (projectKey === undefined || run.projectKey === projectKey) &&
        (phase === undefined || run.phase === phase) &&
        (states === undefined || states.includes(run.state)),
    );
    return pageAt(found, cursor, limit);
  },
  runDetails: async (id) => (contents.details ?? []).find(({ run }) => run.id === id) ?? null,
  listKnownTickets: async () => contents.knownTickets ?? [],
  async listPullRequests({ cursor, limit, state }) {
    const found = (contents.pullRequests ?? []).filter(
      ({ pullRequest }) => state === undefined || pullRequest.state === state,
    );
    return pageAt(found, cursor, limit);
  },
  listLeases: async (now) => (contents.leases ?? []).filter(({ until }) => until > now),
});

const pageAt = <Item>(items: readonly Item[], cursor: string | undefined, limit: number): Page<Item> => {
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) throw new RangeError("not a cursor of this list");
  const from = Number(cursor ?? 0);
  const to = from + limit;
  return { items: items.slice(from, to), nextCursor: to < items.length ? String(to) : null };
};
