import type { GithubCheck, GithubRepository } from "../model.ts";

/** The checks of a commit, oldest first. */
export const checksOf = ({ checks }: GithubRepository, commit: string): readonly GithubCheck[] =>
  checks.filter((check) => check.commit === commit);

/** The last check of each name: an earlier one was run again. */
export const latestChecks = (repository: GithubRepository, commit: string): readonly GithubCheck[] => [
  ...new Map(checksOf(repository, commit).map((check) => [check.name, check])).values(),
];

/** Null while one of them is under way. */
export const suiteConclusion = (checks: readonly GithubCheck[]): "success" | "failure" | null => {
  if (checks.some(({ conclusion }) => conclusion === null)) return null;
  const good = new Set<GithubCheck["conclusion"]>(["success", "neutral", "skipped"]);
  return checks.every(({ conclusion }) => good.has(conclusion)) ? "success" : "failure";
};
