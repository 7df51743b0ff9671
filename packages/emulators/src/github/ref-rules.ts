import { askGit } from "./git-plumbing.ts";
import type { Caller, GithubRepository } from "./model.ts";
import { workflowsFolder } from "./push-rules.ts";
import { notAccessible, refuse } from "./refusal.ts";

/** GitHub's words for a branch that takes nothing but merges. */
export const throughPullRequest = "Changes must be made through a pull request.";

export const isProtected = ({ protectedBranches }: GithubRepository, ref: string): boolean =>
  [...protectedBranches].some((branch) => `refs/heads/${branch}` === ref);

export const mayChangeWorkflows = (caller: Caller): boolean =>
  caller.kind === "installation" && caller.permissions["workflows"] === "write";

/**
 * What the API asks before a ref is made to name a commit; a push meets the same in the repository's hook.
 * @param commit null: the ref is deleted
 * @throws Refusal 422 for a protected branch, 403 where the token may not change workflows
 */
export const checkRefChange = async (
  caller: Caller,
  repository: GithubRepository,
  ref: string,
  commit: string | null,
): Promise<void> => {
  if (isProtected(repository, ref)) throw refuse(422, throughPullRequest);
  if (commit === null || mayChangeWorkflows(caller)) return;
  if ((await changedWorkflow(repository.directory, commit)) !== null) throw notAccessible();
};

/** The first workflow file that is changed by commits which no ref holds yet, or null. */
const changedWorkflow = async (directory: string, commit: string): Promise<string | null> => {
  const args = ["log", "--format=", "--name-only", commit, "--not", "--all", "--", workflowsFolder];
  const [file = ""] = ((await askGit(directory, args)) ?? "").split("\n");
  return file === "" ? null : file;
};
