import type { TicketLookup } from "../../../core/reconcile/reconcile-ticket.ts";
import type { Ticket, TicketId, TicketProblem } from "../../../core/ticket.ts";
import type { Sighting } from "../../../ports/tracker.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { blockersDocument, issuesDocument } from "./documents.ts";
import type { LinearApi } from "./linear-api.ts";
import { largestPage, nextPageSize } from "./page-size.ts";
import { createPages, type PageInfo } from "./pages.ts";
import { readIssue } from "./read-issue.ts";
import { blockersSchema, type Issue, issuesSchema } from "./schema.ts";
import { issueIdOf } from "./ticket-id.ts";
import { type IncomingRelations, toTicket } from "./to-ticket.ts";
import { labelsAmong, type Workspace } from "./workspace.ts";
import type { WorkspaceDirectory } from "./workspace-directory.ts";

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
  listMarked(): Promise<Sighting>;
  /** Archived issues too; null: deleted, in the bin, or not an id of ours. @throws VendorError */
  lookUp(ids: readonly TicketId[]): Promise<ReadonlyMap<TicketId, TicketLookup>>;
}

interface Question {
  readonly filter: object;
  readonly archived: boolean;
  /** @param read how many are read already */
  readonly pageSize: (read: number) => number;
}

interface Found {
  /** By id: an issue that moves between two pages is on both. */
  readonly issues: readonly Issue[];
  /** One issue that makes no sense is named, and holds up no other. */
  readonly problems: readonly TicketProblem[];
}

export const createIssueReader = (api: LinearApi, directory: WorkspaceDirectory): IssueReader => {
  /** How many the last whole look found; before the first, as many as a page holds. */
  let expected = largestPage;

  const readIssues = async ({ filter, archived, pageSize }: Question): Promise<Found> => {
    const issues = new Map<string, Issue>();
    const problems = new Map<string, TicketProblem>();
    const pages = createPages("issues", maxPages);
    let after: string | null = null;
    do {
      const variables = { filter, archived, first: pageSize(issues.size), after };
      const answer: { issues: { pageInfo: PageInfo; nodes: readonly unknown[] } } = await api.query(
        { document: issuesDocument, variables },
        issuesSchema,
      );
      const { nodes, pageInfo } = answer.issues;
      for (const [index, node] of nodes.entries()) {
        const read = readIssue(node, index);
        if (read.kind === "issue") issues.set(read.issue.id, read.issue);
        else problems.set(read.problem.source, read.problem);
      }
      after = pages(pageInfo, nodes.length);
    } while (after !== null);
    return { issues: [...issues.values()], problems: [...problems.values()] };
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
      const before = endCursor;
      sources.push(...found.inverseRelations.nodes);
      ({ hasNextPage, endCursor } = found.inverseRelations.pageInfo);
      // It leads nowhere: what it hides counts as a blocker.
      if (hasNextPage && endCursor === before) return { sources, unread: true };
    }
    return { sources, unread: hasNextPage };
  };

  const workspaceOf = (issues: readonly Issue[]): Promise<Workspace> =>
    directory.knowing({
      labelIds: issues.flatMap(({ labelIds }) => labelIds),
      teamIds: issues.map(({ team }) => team.id),
    });

  const toTickets = async (
    issues: readonly Issue[],
    workspace: Workspace,
  ): Promise<readonly NonNullable<TicketLookup>[]> => {
    const tickets: NonNullable<TicketLookup>[] = [];
    for (const issue of issues) tickets.push(toTicket(issue, await incomingOf(issue), workspace));
    return tickets;
  };

  /** Linear says that all of these are marked. Where we do not see it, what we keep of the labels may be out of date. */
  const sighted = async (issues: readonly Issue[]): Promise<readonly Ticket[]> => {
    if (issues.length === 0) return [];
    const known = await workspaceOf(issues);
    const agrees = issues.every(({ labelIds }) => labelsAmong(known, labelIds).has("AI-Implement"));
    if (!agrees) directory.forget();
    const lookups = await toTickets(issues, agrees ? known : await workspaceOf(issues));
    return lookups
      .filter((lookup) => lookup.marked && lookup.ticket.lifecycle === "active")
      .map(({ ticket }) => ticket);
  };

  return {
    listMarked: async () => {
      const { issues, problems } = await readIssues({
        filter: marked,
        archived: false,
        pageSize: (read) => nextPageSize(expected, read),
      });
      expected = issues.length;
      const present = issues.filter(({ trashed, archivedAt }) => trashed !== true && archivedAt === null);
      return { tickets: await sighted(present), problems };
    },
    lookUp: async (ids) => {
      const ours = [...new Set(ids.map(issueIdOf).filter((id) => id !== null))];
      const found = new Map<TicketId, TicketLookup>(ids.map((id) => [id, null]));
      for (let start = 0; start < ours.length; start += largestPage) {
        const asked = ours.slice(start, start + largestPage);
        const { issues, problems } = await readIssues({
          filter: { id: { in: asked } },
          archived: true,
          pageSize: () => asked.length,
        });
        const [problem] = problems;
        if (problem !== undefined)
          throw new VendorError("malformed", `${problem.source} in Linear: ${problem.problem}`);
        const present = issues.filter(({ id, trashed }) => asked.includes(id) && trashed !== true);
        if (present.length === 0) continue;
        for (const lookup of await toTickets(present, await workspaceOf(present)))
          found.set(lookup.ticket.id, lookup);
      }
      return found;
    },
  };
};
