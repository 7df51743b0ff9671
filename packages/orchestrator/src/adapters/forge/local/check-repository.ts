import { access } from "node:fs/promises";
import { join } from "node:path";
import { type Repository, repositorySlug } from "../../../core/project.ts";
import type { Git } from "./git.ts";
import { branchRef, refsOf } from "./refs.ts";
import { repositoryPath } from "./repository-path.ts";

/** What a person must mend before work on this repository can start: the first thing that is wrong, with its fix. */
export const checkRepository = async (
  git: Git,
  root: string,
  repository: Repository,
): Promise<readonly string[]> => {
  try {
    const problem = await firstProblem(git, root, repository);
    return problem === null ? [] : [problem];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
};

const firstProblem = async (git: Git, root: string, repository: Repository): Promise<string | null> => {
  const path = repositoryPath(root, repository);
  const slug = repositorySlug(repository);
  const branch = repository.defaultBranch;
  if (!(await exists(root))) return `LOCAL_FORGE_DIR (${root}) does not exist or cannot be read: create it.`;
  if (!(await exists(path)))
    return `${slug} is not in LOCAL_FORGE_DIR: make it with \`git init --bare --initial-branch=${branch} ${path}\`.`;
  const version = await git(path, ["version"]);
  if (!isRecent(version.stdout))
    return `${version.stdout.trim() || "git"} is too old for the local forge: install git 2.38 or later.`;
  if (!(await exists(join(path, "HEAD"))))
    return `${path} is not a bare git repository: replace it by one (\`git clone --bare\`).`;
  const bare = await git(path, ["rev-parse", "--is-bare-repository"]);
  if (bare.exitCode !== 0) return `${path} cannot be read by git: ${bare.stderr.trim().slice(0, 300)}`;
  if (bare.stdout.trim() !== "true")
    return `${path} is not a bare git repository: replace it by one (\`git clone --bare\`).`;
  const refs = refsOf(git, path);
  await refs.requireBranchName(branch);
  if ((await refs.commitOf(branchRef(branch))) !== null) return null;
  const branches = await git(path, ["for-each-ref", "--count=5", "--format=%(refname:short)", "refs/heads/"]);
  const names = branches.stdout.split("\n").filter(Boolean);
  return names.length === 0
    ? `${slug} has no commits: push a first commit to ${branch}.`
    : `${slug} has no branch "${branch}", but has ${names.join(", ")}: push it, or correct the project's defaultBranch.`;
};

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch {
    // Missing and unreadable need the same words from us: the caller names the path.
    return false;
  }
};

/** `merge-tree --write-tree` came with 2.38. */
const isRecent = (version: string): boolean => {
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38);
};
