import type { LocalPullRequest } from "../../../ports/local-pull-requests.ts";
import { type Git, unexpected } from "./git.ts";
import { branchRef, type Commit, pullRefs, type Refs } from "./refs.ts";

/** In UTF-16 code units: more than a person reads, and small enough to keep in memory. */
export const maxDiffLength = 1024 * 1024;

/**
 * What the pull request changes since it left its base (three dots): of an open one as it stands, of a finished
 * one as it stood at its end. Cut at `maxDiffLength`, with a notice.
 */
export const diffOf = async (
  git: Git,
  refs: Refs,
  repository: string,
  pullRequest: LocalPullRequest,
): Promise<string> => {
  const range = await rangeOf(refs, pullRequest);
  if (range === null) return "";
  const answer = await git(
    repository,
    ["diff-tree", "-r", "-p", "--no-ext-diff", "--no-textconv", "-M", range.from, range.to],
    { cutAt: maxDiffLength },
  );
  if (answer.exitCode !== 0) throw unexpected(repository, `diff #${pullRequest.number}`, answer);
  return answer.truncated
    ? `${answer.stdout}\n\n[The diff is longer than ${maxDiffLength} characters and was cut here.]\n`
    : answer.stdout;
};

const rangeOf = async (
  refs: Refs,
  { number, state, head: branch, base: baseBranch }: LocalPullRequest,
): Promise<{ readonly from: Commit; readonly to: Commit } | null> => {
  const names = pullRefs(number);
  const head = state === "open" ? await refs.commitOf(branchRef(branch)) : await refs.commitOf(names.head);
  if (head === null) return null;
  const base = state === "open" ? await refs.commitOf(branchRef(baseBranch)) : null;
  const from = base === null ? await refs.commitOf(names.base) : await refs.mergeBase(base, head);
  return from === null ? null : { from, to: head };
};
