import type { GithubCheck, GithubRepository } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import { latestChecks, suiteConclusion } from "./check-suite.ts";
import { readCommit } from "./commits.ts";
import { checkRunFields, checkSuiteFields } from "./payloads.ts";

/**
 * Records a check and tells of it; when it was the last one under way, also that the commit's suite is complete.
 * @throws Error where the repository has no such commit
 */
export const addCheck = (
  api: GithubApi,
  repository: GithubRepository,
  check: Omit<GithubCheck, "id">,
  sender: string,
): GithubCheck => {
  const { sha: commit } = readCommit(repository, check.commit);
  const added = { ...check, commit, id: api.store.nextId() };
  repository.checks.push(added);
  const emit = (name: string, action: string, fields: Readonly<Record<string, unknown>>): void =>
    api.store.emit({ name, action, repository, sender, fields });
  const action = added.conclusion === null ? "created" : "completed";
  emit("check_run", action, checkRunFields(api, repository, added));
  if (suiteConclusion(latestChecks(repository, commit)) !== null)
    emit("check_suite", "completed", checkSuiteFields(api, repository, commit));
  return added;
};
