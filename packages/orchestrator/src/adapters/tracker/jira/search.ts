import type { TicketProblem } from "../../../core/ticket.ts";
import { isFailure } from "../../shared/vendor-error.ts";
import type { JiraClient } from "./jira-client.ts";
import { faultOf, markedJql } from "./jql.ts";
import { reviewJql } from "./jql-review.ts";
import type { MarkedProject } from "./mark-finder.ts";
import { type BareIssue, searchSchema } from "./schema.ts";
import { markedWords } from "./stage-words.ts";

export interface SearchResult {
  readonly issues: readonly BareIssue[];
  /** There are more than `limit`. */
  readonly cut: boolean;
}

/** Jira gives as many with all their fields. */
const pageSize = 100;
/** Pages may be shorter than we ask for; a token that leads nowhere must not lead there for ever. */
const maxPages = 200;

/** All pages of one search, each issue once. @throws VendorError */
export const search = async (
  client: JiraClient,
  question: {
    readonly jql: string;
    readonly fields: readonly string[];
    readonly reconcile?: readonly string[];
  },
  limit: number,
): Promise<SearchResult> => {
  const { jql, fields, reconcile = [] } = question;
  const issues = new Map<string, BareIssue>();
  let nextPageToken: string | undefined;
  for (let page = 0; page < maxPages && issues.size < limit; page += 1) {
    const answer = await client.read(
      {
        method: "POST",
        path: "/search/jql",
        body: {
          jql,
          fields,
          maxResults: pageSize,
          ...(reconcile.length === 0 ? {} : { reconcileIssues: reconcile.map(Number) }),
          ...(nextPageToken === undefined ? {} : { nextPageToken }),
        },
      },
      searchSchema,
    );
    for (const issue of answer.issues) issues.set(issue.id, issue);
    nextPageToken = answer.nextPageToken ?? undefined;
    if (nextPageToken === undefined) break;
  }
  return { issues: [...issues.values()], cut: nextPageToken !== undefined };
};

export interface MarkedIssues extends SearchResult {
  /** Projects whose JQL cannot be used: left out, so that the others are seen. */
  readonly problems: readonly TicketProblem[];
}

/** Above it, the newest are not seen; far more than anyone marks. */
export const maxMarkedIssues = 5_000;

/**
 * The marked issues of all projects, one request a page. Only where Jira refuses that are the projects' JQLs judged
 * one by one. @throws VendorError `invalid` where Jira refuses it though every JQL is right
 */
export const searchMarked = async (
  client: JiraClient,
  projects: readonly MarkedProject[],
  fields: readonly string[],
  reconcile: readonly string[],
): Promise<MarkedIssues> => {
  const [sound, faulty] = split(projects, ({ ticketing }) => faultOf(ticketing.jql) === null);
  const problems = faulty.map((project) => invalidJql(project, [faultOf(project.ticketing.jql) ?? ""]));
  try {
    return { ...(await searchOf(client, sound, fields, reconcile)), problems };
  } catch (error) {
    if (!isFailure(error, "invalid")) throw error;
    const reviews = await reviewJql(
      client,
      sound.map(({ ticketing }) => ticketing.jql),
    );
    const sentences = ({ ticketing }: MarkedProject) => reviews.get(ticketing.jql) ?? [];
    const [good, bad] = split(sound, (project) => sentences(project).length === 0);
    if (bad.length === 0) throw error;
    return {
      ...(await searchOf(client, good, fields, reconcile)),
      problems: [...problems, ...bad.map((project) => invalidJql(project, sentences(project)))],
    };
  }
};

const searchOf = async (
  client: JiraClient,
  projects: readonly MarkedProject[],
  fields: readonly string[],
  reconcile: readonly string[],
): Promise<SearchResult> => {
  const clauses = projects
    .map(({ ticketing, marks }) => ({
      jql: ticketing.jql,
      statusFieldId: marks.status.id,
      words: markedWords.flatMap((word) => marks.options.get(word) ?? []),
    }))
    .filter(({ words }) => words.length > 0);
  if (clauses.length === 0) return { issues: [], cut: false };
  return search(client, { jql: markedJql(clauses), fields, reconcile }, maxMarkedIssues);
};

const split = <Item>(items: readonly Item[], isFirst: (item: Item) => boolean): readonly [Item[], Item[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
];

const invalidJql = ({ key }: MarkedProject, sentences: readonly string[]): TicketProblem => ({
  source: key,
  problem: `its ticketingConfig.jql cannot be used: ${sentences.join(" ")}`,
  fix: "Correct the JQL of the project; `ai-implement doctor` checks it.",
});
