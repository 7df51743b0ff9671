import { access } from "node:fs/promises";
import { join } from "node:path";
import { type Repository, repositorySlug } from "../../../core/project.ts";
import type { SetupFinding } from "../../../ports/setup-finding.ts";
import type { Git } from "./git.ts";
import { branchRef, refsOf } from "./refs.ts";
import { repositoryPath } from "./repository-path.ts";

/** Stops at the first thing that is wrong: what comes after it cannot be told. */
export const checkRepository = async (
  git: Git,
  root: string,
  repository: Repository,
): Promise<readonly SetupFinding[]> => {
  try {
    return [await firstProblem(git, root, repository)];
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return [wrong("repo", what, "Mend it, then check again.")];
  }
};

const wrong = (subject: string, what: string, fix: string): SetupFinding => ({
  subject,
  problem: { what, fix },
});

const firstProblem = async (git: Git, root: string, repository: Repository): Promise<SetupFinding> => {
  const path = repositoryPath(root, repository);
  const slug = repositorySlug(repository);
  const branch = repository.defaultBranch;
  if (!(await exists(root)))
    return wrong(
      "LOCAL_FORGE_DIR",
      `${root} does not exist or cannot be read.`,
      "Create it, or correct the setting.",
    );
  if (!(await exists(path)))
    return wrong(
      "repo",
      `The repository ${slug} is not in LOCAL_FORGE_DIR.`,
      `Make it: \`git init --bare --initial-branch=${branch} ${path}\``,
    );
  const version = await git(path, ["version"]);
  if (!isRecent(version.stdout))
    return wrong(
      "git",
      `${version.stdout.trim() || "git"} is too old for the local forge.`,
      "Install git 2.38 or later.",
    );
  if (!(await isBare(git, path)))
    return wrong("repo", `${path} is not a bare git repository.`, "Replace it by one: `git clone --bare`");
  return branchFinding(git, path, repository);
};

/** @throws Error with git's own words where it cannot read the folder */
const isBare = async (git: Git, path: string): Promise<boolean> => {
  if (!(await exists(join(path, "HEAD")))) return false;
  const bare = await git(path, ["rev-parse", "--is-bare-repository"]);
  if (bare.exitCode !== 0)
    throw new Error(`${path} cannot be read by git: ${bare.stderr.trim().slice(0, 300)}`);
  return bare.stdout.trim() === "true";
};

const branchFinding = async (git: Git, path: string, repository: Repository): Promise<SetupFinding> => {
  const branch = repository.defaultBranch;
  const slug = repositorySlug(repository);
  const refs = refsOf(git, path);
  await refs.requireBranchName(branch);
  if ((await refs.commitOf(branchRef(branch))) !== null)
    return { subject: `repository ${slug}, branch ${branch}`, problem: null };
  const branches = await git(path, ["for-each-ref", "--count=5", "--format=%(refname:short)", "refs/heads/"]);
  const names = branches.stdout.split("\n").filter(Boolean);
  return names.length === 0
    ? wrong("repo", `The repository ${slug} has no commits.`, `Push a first commit to ${branch}.`)
    : wrong(
        "defaultBranch",
        `The repository ${slug} has no branch "${branch}", but has ${names.join(", ")}.`,
        "Push it, or correct the project's defaultBranch.",
      );
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
