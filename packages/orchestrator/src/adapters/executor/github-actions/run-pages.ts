import type { Repository } from "../../../core/project.ts";
import type { Instant } from "../../../core/time.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import type { GithubClient } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { runsPageSchema, type WorkflowRun } from "./schema.ts";

export interface DispatchedRuns {
  /** Newest first, as GitHub gives them. */
  readonly runs: readonly WorkflowRun[];
  /** False: there are older ones that were not looked at. */
  readonly reachesBack: boolean;
}

const pageSize = 100;
/** GitHub shows the newest 1,000 of a filtered list. */
const maxPages = 10;

/**
 * Runs that were dispatched in a repository, back to `since`; one page where that is null.
 * @throws VendorError
 */
export const listDispatchedRuns = async (
  client: GithubClient,
  repository: Repository,
  since: Instant | null,
): Promise<DispatchedRuns> => {
  const runs: WorkflowRun[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const found = await readPage(client, repository, page);
    runs.push(...found);
    const oldest = found.at(-1);
    const isLastPage = oldest === undefined || found.length < pageSize;
    if (isLastPage || (since !== null && oldest.created_at < since)) return { runs, reachesBack: true };
    if (since === null) break;
  }
  return { runs, reachesBack: false };
};

const readPage = async (
  client: GithubClient,
  repository: Repository,
  page: number,
): Promise<readonly WorkflowRun[]> => {
  const { json } = await client.read(repository, "work", {
    path: repositoryApiPath(repository, "actions", "runs"),
    query: {
      event: "workflow_dispatch",
      per_page: String(pageSize),
      ...(page === 1 ? {} : { page: String(page) }),
    },
  });
  return parseAnswer("the workflow runs", json, runsPageSchema).workflow_runs;
};
