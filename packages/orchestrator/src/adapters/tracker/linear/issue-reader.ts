import type { TicketLookup } from "../../../core/reconcile/reconcile-ticket.ts";
import type { Ticket, TicketId } from "../../../core/ticket.ts";
import { VendorError } from "../../shared/vendor-error.ts";
import { blockersDocument, issuesDocument } from "./documents.ts";
import type { LinearApi } from "./linear-api.ts";
import { blockersSchema, type Issue, issuesSchema } from "./schema.ts";
import { issueIdOf } from "./ticket-id.ts";
import { type IncomingRelations, toTicket } from "./to-ticket.ts";
import type { WorkspaceDirectory } from "./workspace-directory.ts";

const pageSize = 100;
/** Of marked issues: 10,000 of them. */
const maxPages = 100;
/** Of one issue's incoming relations: about 2,000 of them. */
const maxRelationPages = 20;

const marked = {
  labels: { some: { name: { eqIgnoreCase: "AI-Implement" } } },
  state: { type: { nin: ["completed", "canceled", "duplicate"] } },
};

export interface IssueReader {
  /** Of all teams. @throws VendorError also where only a part could be read */
  listMarked(): Promise<readonly Ticket[]>;
  /** Archived issues too; null: deleted, in the bin, or not an id of ours. @throws VendorError */
  lookUp(ids: readonly TicketId[]): Promise<ReadonlyMap<TicketId, TicketLookup>>;
}

export const createIssueReader = (api: LinearApi, directory: WorkspaceDirectory): IssueReader => {
  /** By id: an issue that moves between two pages is on both. */
  const readIssues = async (filter: object, archived: boolean): Promise<ReadonlyMap<string, Issue>> => {
    const issues = new Map<string, Issue>();
    let after: string | null = null;
    for (let page = 0; page < maxPages; page += 1) {
      const answer: { issues: { pageInfo: PageInfo; nodes: readonly Issue[] } } = await api.query(
        { document: issuesDocument, variables: { filter, archived, after } },
        issuesSchema,
      );
      for (const issue of answer.issues.nodes) issues.set(issue.id, issue);
      if (!answer.issues.pageInfo.hasNextPage) return issues;
      after = answer.issues.pageInfo.endCursor;
    }
    throw new VendorError("malformed", `Linear's list of issues does not end after ${maxPages} pages.`);
  };

  /** A blocker that is missed would let its ticket be dispatched, so relations are read to their end. */
  const incomingOf = async ({ id, inverseRelations }: Issue): Promise<IncomingRelations> => {
    const sources = [...inverseRelations.nodes];
    let { hasNextPage, endCursor } = inverseRelations.pageInfo;
    for (let page = 0; hasNextPage && page < maxRelationPages; page += 1) {
      const answer: { issues: { nodes: readonly Pick<Issue, "inverseRelations">[] } } = await api.query(
        { document: blockersDocument, variables: { id, after: endCursor } },
        blockersSchema,
      );
      const [found] = answer.issues.nodes;
      // It was deleted since: whatever blocked it does no harm now.
      if (found === undefined) return { sources, unread: false };
      sources.push(...found.inverseRelations.nodes);
      ({ hasNextPage, endCursor } = found.inverseRelations.pageInfo);
    }
    return { sources, unread: hasNextPage };
  };

  const toTickets = async (issues: readonly Issue[]): Promise<readonly NonNullable<TicketLookup>[]> => {
    if (issues.length === 0) return [];
    const workspace = await directory.knowing({
      labelIds: issues.flatMap(({ labelIds }) => labelIds),
      teamIds: issues.map(({ team }) => team.id),
    });
    const tickets: NonNullable<TicketLookup>[] = [];
    for (const issue of issues) tickets.push(toTicket(issue, await incomingOf(issue), workspace));
    return tickets;
  };

  return {
    listMarked: async () => {
      const issues = await readIssues(marked, false);
      const present = [...issues.values()].filter(
        ({ trashed, archivedAt }) => trashed !== true && archivedAt === null,
      );
      return (await toTickets(present)).map(({ ticket }) => ticket);
    },
    lookUp: async (ids) => {
      const ours = [...new Set(ids.map(issueIdOf).filter((id) => id !== null))];
      const found = new Map<TicketId, TicketLookup>(ids.map((id) => [id, null]));
      for (let start = 0; start < ours.length; start += pageSize) {
        const issues = await readIssues({ id: { in: ours.slice(start, start + pageSize) } }, true);
        const present = [...issues.values()].filter(({ trashed }) => trashed !== true);
        for (const lookup of await toTickets(present)) {
          if (found.has(lookup.ticket.id)) found.set(lookup.ticket.id, lookup);
        }
      }
      return found;
    },
  };
};

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}
