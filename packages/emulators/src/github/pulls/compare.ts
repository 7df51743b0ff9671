import { askGit, branchSha } from "../git-plumbing.ts";
import type { GithubPull, GithubRepository, PullComparison } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";

/** A pull request and the repository that it is in: where its base lies. */
export interface PullPlace {
  readonly repository: GithubRepository;
  readonly pull: GithubPull;
}

/** The branch that a pull request wants merged. */
export interface Head {
  readonly repository: GithubRepository;
  readonly branch: string;
}

/**
 * The tip of a head, with its commits in the base's repository, where everything is compared. Null: no such branch.
 * @throws Error where git cannot fetch from a fork
 */
export const fetchHead = async (
  { store }: GithubApi,
  into: GithubRepository,
  head: Head,
): Promise<string | null> => {
  const sha = await branchSha(head.repository.directory, head.branch);
  if (sha !== null && head.repository !== into)
    await store.git(into, [
      "fetch",
      "--quiet",
      "--no-tags",
      "--no-write-fetch-head",
      head.repository.directory,
      sha,
    ]);
  return sha;
};

/** Null: the two have no common history. */
export const mergeBase = (
  { directory }: GithubRepository,
  one: string,
  other: string,
): Promise<string | null> => askGit(directory, ["merge-base", one, other]);

export const compareCommits = async (
  { store }: GithubApi,
  repository: GithubRepository,
  baseSha: string,
  headSha: string,
): Promise<PullComparison> => {
  const from = (await mergeBase(repository, baseSha, headSha)) ?? baseSha;
  const [listed, diff, merged] = await Promise.all([
    store.git(repository, ["rev-list", "--reverse", "--topo-order", `${baseSha}..${headSha}`]),
    store.git(repository, [...diffCommand, from, headSha]),
    tryMerge(repository, baseSha, headSha),
  ]);
  const commits = listed.split("\n").filter((sha) => sha !== "");
  return { baseSha, mergeable: merged !== null, commits, diff };
};

const diffCommand = ["diff", "--no-color", "--no-ext-diff", "--full-index", "--find-renames"];

/** The tree that a merge gives, or null where there are conflicts: git says it with its exit code. */
export const tryMerge = (
  { directory }: GithubRepository,
  baseSha: string,
  headSha: string,
): Promise<string | null> => askGit(directory, ["merge-tree", "--write-tree", baseSha, headSha]);

/** Where GitHub keeps the head of a pull request, whatever becomes of its branch. */
export const keepHead = async (
  { store }: GithubApi,
  repository: GithubRepository,
  number: number,
  sha: string,
): Promise<void> => {
  await store.git(repository, ["update-ref", `refs/pull/${number}/head`, sha]);
};
