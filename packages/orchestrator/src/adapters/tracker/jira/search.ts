import type { TicketProblem } from "../../../core/ticket.ts";
import { isFailure, VendorError } from "../../../ports/vendor-error.ts";
import type { JiraClient } from "./jira-client.ts";
import { faultOf, type MarkedClause, markedJql } from "./jql.ts";
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
/** Pages may be shorter than we ask for, and a search of many issues takes many. */
const maxPages = 200;
/** Pages in a row without an issue that is new: a token that leads nowhere must not lead there for ever. */
const maxIdlePages = 5;

/** All pages of one search, each issue once, as its last page shows it. @throws VendorError */
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
  let idlePages = 0;
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
    const before = issues.size;
    for (const issue of answer.issues) issues.set(issue.id, issue);
    nextPageToken = answer.nextPageToken ?? undefined;
    if (nextPageToken === undefined) break;
    idlePages = issues.size > before ? 0 : idlePages + 1;
    if (idlePages > maxIdlePages)
      throw new VendorError("malformed", "Jira's search names one more page for ever, and nothing is on it.");
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
  const { answer, wrong } = await askSound(client, projects, (sound) =>
    searchOf(client, sound, fields, reconcile),
  );
  return { ...answer, problems: wrong.map(invalidJql) };
};

interface WrongJql {
  readonly project: MarkedProject;
  readonly sentences: readonly string[];
}

/**
 * Asks about all projects at once, and where Jira refuses that, once more without those whose JQL is wrong.
 * @throws VendorError `invalid` where Jira refuses it though every JQL is right
 */
export const askSound = async <Answer>(
  client: JiraClient,
  projects: readonly MarkedProject[],
  ask: (sound: readonly MarkedProject[]) => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly wrong: readonly WrongJql[] }> => {
  const [sound, faulty] = split(projects, ({ ticketing }) => faultOf(ticketing.jql) === null);
  const wrong = faulty.map((project) => ({ project, sentences: [faultOf(project.ticketing.jql) ?? ""] }));
  try {
    return { answer: await ask(sound), wrong };
  } catch (error) {
    if (!isFailure(error, "invalid")) throw error;
    const jqls = sound.map(({ ticketing }) => ticketing.jql);
    const reviews = await reviewJql(client, jqls);
    const sentencesOf = ({ ticketing }: MarkedProject) => reviews.get(ticketing.jql) ?? [];
    const [good, bad] = split(sound, (project) => sentencesOf(project).length === 0);
    if (bad.length === 0) throw error;
    const refused = bad.map((project) => ({ project, sentences: sentencesOf(project) }));
    return { answer: await ask(good), wrong: [...wrong, ...refused] };
  }
};

const searchOf = async (
  client: JiraClient,
  projects: readonly MarkedProject[],
  fields: readonly string[],
  reconcile: readonly string[],
): Promise<SearchResult> => {
  const clauses = clausesOf(projects);
  if (clauses.length === 0) return { issues: [], cut: false };
  return search(client, { jql: markedJql(clauses), fields, reconcile }, maxMarkedIssues);
};

/** Of projects whose field has no word of ours there is none: nothing can be marked for them. */
export const clausesOf = (projects: readonly MarkedProject[]): readonly MarkedClause[] =>
  projects
    .map(({ ticketing, marks }) => ({
      jql: ticketing.jql,
      statusFieldId: marks.status.id,
      words: markedWords.flatMap((word) => marks.options.get(word) ?? []),
    }))
    .filter(({ words }) => words.length > 0);

const split = <Item>(items: readonly Item[], isFirst: (item: Item) => boolean): readonly [Item[], Item[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
];

const invalidJql = ({ project, sentences }: WrongJql): TicketProblem => ({
  source: project.key,
  problem: `its ticketingConfig.jql cannot be used: ${sentences.join(" ")}`,
  fix: "Correct the JQL of the project; `ai-implement doctor` checks it.",
});
