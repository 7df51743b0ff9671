import { isFailure } from "../../../ports/vendor-error.ts";
import type { JiraClient } from "./jira-client.ts";
import { markedAmongJql } from "./jql.ts";
import type { MarkedProject } from "./mark-finder.ts";
import { askSound, clausesOf, search } from "./search.ts";

/** Whether a list would show an issue; `unknown` where Jira cannot say, as with a JQL that is wrong. */
export type Standing = "listed" | "not-listed" | "unknown";

/** What `reconcileIssues` takes. */
const issuesPerQuestion = 50;

/**
 * By issue id. Asks Jira which of these issues the list's own JQL finds, and has them reconciled: what was created or
 * edited a moment ago is found by what it is now, which `jql/match` could not say. No issues: no request.
 * @throws VendorError
 */
export const findStandings = async (
  client: JiraClient,
  projects: readonly MarkedProject[],
  issueIds: readonly string[],
): Promise<ReadonlyMap<string, Standing>> => {
  const questions = Array.from({ length: Math.ceil(issueIds.length / issuesPerQuestion) }, (_, n) =>
    issueIds.slice(n * issuesPerQuestion, (n + 1) * issuesPerQuestion),
  );
  const answers = await Promise.all(questions.map((ids) => standingsOf(client, projects, ids)));
  return new Map(answers.flat());
};

const standingsOf = async (
  client: JiraClient,
  projects: readonly MarkedProject[],
  ids: readonly string[],
): Promise<readonly (readonly [string, Standing])[]> => {
  try {
    const { answer, wrong } = await askSound(client, projects, (sound) => idsFound(client, sound, ids));
    const otherwise = wrong.length === 0 ? "not-listed" : "unknown";
    return ids.map((id) => [id, answer.has(id) ? "listed" : otherwise]);
  } catch (error) {
    // An option that is gone, or an issue that is deleted meanwhile, and Jira refuses the whole: the next look finds out.
    if (isFailure(error, "invalid")) return ids.map((id) => [id, "unknown"]);
    throw error;
  }
};

const idsFound = async (
  client: JiraClient,
  projects: readonly MarkedProject[],
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  const clauses = clausesOf(projects);
  if (clauses.length === 0) return new Set();
  const question = { jql: markedAmongJql(clauses, ids), fields: ["updated"], reconcile: ids };
  const { issues } = await search(client, question, ids.length);
  return new Set(issues.map(({ id }) => id));
};
