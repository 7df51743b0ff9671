import { identity } from "../git-commit.ts";
import { branchSha, GitError } from "../git-plumbing.ts";
import type { GithubApi } from "../operations/operation.ts";
import { accountId } from "../render.ts";
import { type PullPlace, tryMerge } from "./compare.ts";
import { closePull } from "./lifecycle.ts";

export interface MergeRequest {
  readonly by: string;
  /** Without it, GitHub's own title. */
  readonly title?: string;
  readonly message?: string;
  readonly method?: "merge" | "squash";
}

export type MergeOutcome =
  | { readonly kind: "merged"; readonly sha: string }
  /** There are conflicts, or it is not open. */
  | { readonly kind: "not-mergeable" }
  /** Somebody moved the base at the same time. */
  | { readonly kind: "base-modified" };

/** A commit on the base with what the head has. What else may stand against it was looked at before. */
export const mergePull = async (
  api: GithubApi,
  place: PullPlace,
  request: MergeRequest,
): Promise<MergeOutcome> => {
  const { repository, pull } = place;
  const { headSha } = pull;
  const baseSha = await branchSha(repository.directory, pull.base);
  const tree = baseSha === null ? null : await tryMerge(repository, baseSha, headSha);
  if (baseSha === null || tree === null || pull.state === "closed" || pull.merged !== null)
    return { kind: "not-mergeable" };
  const at = api.now();
  // Set at once: a second merge, and whoever follows the branches, sees that this one is under way.
  pull.merged = { at, by: request.by, sha: headSha };
  const sha = await writeCommit(api, place, request, { tree, baseSha, headSha, at });
  try {
    await api.store.git(repository, ["update-ref", `refs/heads/${pull.base}`, sha, baseSha]);
  } catch (error) {
    pull.merged = null;
    // Git refuses where the base is no longer what was merged into.
    if (error instanceof GitError) return { kind: "base-modified" };
    throw error;
  }
  closePull(api, place, request.by, { sha });
  await api.store.refsChanged(repository);
  return { kind: "merged", sha };
};

interface MergedTree {
  /** As `git merge-tree` writes it. */
  readonly tree: string;
  readonly baseSha: string;
  readonly headSha: string;
  readonly at: number;
}

const writeCommit = async (
  { store }: GithubApi,
  { repository, pull }: PullPlace,
  { by, title, message, method = "merge" }: MergeRequest,
  { tree, baseSha, headSha, at }: MergedTree,
): Promise<string> => {
  const [owner = ""] = pull.headRepository.split("/");
  const usual =
    method === "merge"
      ? { title: `Merge pull request #${pull.number} from ${owner}/${pull.head}`, message: pull.title }
      : { title: `${pull.title} (#${pull.number})`, message: "" };
  const text = `${title ?? usual.title}\n\n${message ?? usual.message}`.trim();
  const person = identity({ name: by, email: `${accountId(by)}+${by}@users.noreply.github.com` });
  const time = `${Math.floor(at / 1000)} +0000`;
  const lines = [
    `tree ${tree}`,
    `parent ${baseSha}`,
    ...(method === "merge" ? [`parent ${headSha}`] : []),
    `author ${person} ${time}`,
    `committer GitHub <noreply@github.com> ${time}`,
    "",
    text,
    "",
  ];
  const sha = await store.git(repository, ["hash-object", "-t", "commit", "-w", "--stdin"], lines.join("\n"));
  return sha.trim();
};
