import type { Repository } from "../../../core/project.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import type { GithubClient } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { type CheckRun, type CombinedStatus, checkRunsSchema, combinedStatusSchema } from "./schema.ts";
import type { StandingFacts } from "./to-standing.ts";

/** Both kinds of checks of a commit, as far as the App may read them. @throws VendorError */
export const readChecks = async (
  client: GithubClient,
  repository: Repository,
  commit: string,
): Promise<Pick<StandingFacts, "checkRuns" | "status">> => {
  const permissions = (await client.installation(repository.owner))?.permissions ?? {};
  const [checkRuns, status] = await Promise.all([
    permissions["checks"] === undefined ? [] : readCheckRuns(client, repository, commit),
    permissions["statuses"] === undefined ? null : readStatus(client, repository, commit),
  ]);
  return { checkRuns, status };
};

const readCheckRuns = async (
  client: GithubClient,
  repository: Repository,
  commit: string,
): Promise<readonly CheckRun[]> => {
  const path = repositoryApiPath(repository, "commits", commit, "check-runs");
  const items = (json: unknown) => parseAnswer("the checks of a commit", json, checkRunsSchema).check_runs;
  return (await client.readAll(repository, "review", { path }, items)) as readonly CheckRun[];
};

const readStatus = async (
  client: GithubClient,
  repository: Repository,
  commit: string,
): Promise<CombinedStatus> => {
  const path = repositoryApiPath(repository, "commits", commit, "status");
  const { json } = await client.read(repository, "review", { path });
  return parseAnswer("the status of a commit", json, combinedStatusSchema);
};
