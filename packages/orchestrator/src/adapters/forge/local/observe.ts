import type { LocalPullRequest } from "../../../ports/local-pull-requests.ts";
import { branchRef, type Commit, pullRefs, type Refs } from "./refs.ts";

/** What the repository says of a pull request, whatever was written down of it. */
export type Observed =
  | { readonly kind: "open"; readonly head: Commit; readonly base: Commit }
  | { readonly kind: "merged"; readonly commit: Commit }
  | { readonly kind: "closed" };

/**
 * The state of a pull request that is stored as open. People work on the repository too: whoever merges the
 * branch by hand has merged the pull request, whoever deletes it, or takes its commits back, has closed it. A squash
 * leaves no trace that git could follow, so it reads as open or closed. Remembers the head and its base while open.
 */
export const observe = async (
  refs: Refs,
  { number, head: branch, base: baseBranch }: LocalPullRequest,
): Promise<Observed> => {
  const names = pullRefs(number);
  const [base, head, lastHead, merge] = await Promise.all([
    refs.commitOf(branchRef(baseBranch)),
    refs.commitOf(branchRef(branch)),
    refs.commitOf(names.head),
    refs.commitOf(names.merge),
  ]);
  if (base === null) return { kind: "closed" };
  if (head !== null && !(await refs.isAncestor(head, base))) {
    if (head !== lastHead) await remember(refs, number, head, base);
    return { kind: "open", head, base };
  }
  const known = lastHead ?? head;
  if (known === null || !(await refs.isAncestor(known, base))) return { kind: "closed" };
  if (lastHead === null) await remember(refs, number, known, base);
  return { kind: "merged", commit: merge ?? known };
};

const remember = async (refs: Refs, number: number, head: Commit, base: Commit): Promise<void> => {
  const names = pullRefs(number);
  const fork = await refs.mergeBase(base, head);
  await refs.update([
    { ref: names.head, to: head },
    // Without a common history there is nothing to remember; the diff is then the whole head.
    ...(fork === null ? [] : [{ ref: names.base, to: fork }]),
  ]);
};
