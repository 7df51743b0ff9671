import { setTimeout as delay } from "node:timers/promises";
import type { Instant } from "../../../core/time.ts";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import type { MergeResult } from "../../../ports/forge.ts";
import type { LocalPullRequest } from "../../../ports/local-pull-requests.ts";
import { type Git, unexpected } from "./git.ts";
import { observe } from "./observe.ts";
import { branchRef, type Commit, pullRefs, type Refs } from "./refs.ts";

const maxTries = 20;
const pauseMs = 25;

export interface MergeRequest {
  readonly git: Git;
  readonly refs: Refs;
  /** The path of the bare repository. */
  readonly repository: string;
  readonly pullRequest: LocalPullRequest;
  readonly now: Instant;
}

/**
 * Merges without a working tree. The base moves by compare-and-set: when somebody else moved it first, the merge is
 * made anew on what they left. Merged already is merged.
 * @throws DeliveryError
 */
export const merge = async (request: MergeRequest): Promise<MergeResult> => {
  const { refs, repository, pullRequest } = request;
  if (pullRequest.state === "merged") return { kind: "merged", commit: await mergedCommit(request) };
  for (let tries = 0; tries < maxTries; tries += 1) {
    const seen = await observe(refs, pullRequest);
    if (seen.kind === "merged") return seen;
    if (seen.kind === "closed")
      throw permanent(
        `Pull request #${pullRequest.number} in ${repository} cannot be merged: its branch "${pullRequest.head}" or its base "${pullRequest.base}" is gone, or has none of its commits any more.`,
      );
    const tree = await mergeTrees(request, seen.base, seen.head);
    if (tree.kind === "conflict") return tree;
    const commit = await commitMerge(request, tree.tree, seen.base, seen.head);
    const moved = await refs.update([
      { ref: branchRef(pullRequest.base), to: commit, from: seen.base },
      { ref: pullRefs(pullRequest.number).merge, to: commit },
    ]);
    if (moved) return { kind: "merged", commit };
    await delay(pauseMs);
  }
  throw new DeliveryError(
    `Branch "${pullRequest.base}" of ${repository} could not be moved in ${maxTries} tries: others push to it, or a lock file was left in its refs folder.`,
    { retryable: true },
  );
};

/** Its branch may have gone on since: what counts is what was remembered. */
const mergedCommit = async ({ refs, repository, pullRequest }: MergeRequest): Promise<Commit> => {
  const names = pullRefs(pullRequest.number);
  const commit = (await refs.commitOf(names.merge)) ?? (await refs.commitOf(names.head));
  if (commit !== null) return commit;
  throw permanent(
    `Pull request #${pullRequest.number} is merged, but ${repository} no longer has ${names.head}.`,
  );
};

type MergedTrees =
  | { readonly kind: "tree"; readonly tree: string }
  | Extract<MergeResult, { readonly kind: "conflict" }>;

/** `git merge-tree --write-tree` (git 2.38): exit 0 is clean, 1 is a conflict, anything else a failure. */
const mergeTrees = async (
  { git, repository }: MergeRequest,
  base: Commit,
  head: Commit,
): Promise<MergedTrees> => {
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", base, head];
  const answer = await git(repository, args);
  if (answer.exitCode > 1 && answer.stderr.includes("unrelated histories"))
    throw permanent(`${base} and ${head} in ${repository} have no history in common: they cannot be merged.`);
  if (answer.exitCode > 1) throw unexpected(repository, `merge ${head} into ${base}`, answer);
  const [tree = "", ...files] = answer.stdout.split("\0").filter((field) => field !== "");
  return answer.exitCode === 0 ? { kind: "tree", tree: tree.trim() } : { kind: "conflict", files };
};

const commitMerge = async (
  { git, repository, pullRequest: { number, head, title }, now }: MergeRequest,
  tree: string,
  base: Commit,
  topic: Commit,
): Promise<Commit> => {
  const date = `${Math.floor(now / 1000)} +0000`;
  const answer = await git(repository, ["commit-tree", tree, "-p", base, "-p", topic, "-F", "-"], {
    input: `Merge pull request #${number} from ${head}\n\n${title}\n`,
    environment: {
      GIT_AUTHOR_NAME: "AI-Implement",
      GIT_AUTHOR_EMAIL: "ai-implement@localhost",
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: "AI-Implement",
      GIT_COMMITTER_EMAIL: "ai-implement@localhost",
      GIT_COMMITTER_DATE: date,
    },
  });
  if (answer.exitCode !== 0) throw unexpected(repository, `commit the merge of #${number}`, answer);
  return answer.stdout.trim();
};
