import { permanent } from "../../../ports/delivery-error.ts";
import { type Git, unexpected } from "./git.ts";

/** A full ref name, `refs/…`: it can be mistaken neither for an option nor for an expression. */
export type Ref = string;
/** A full commit id. */
export type Commit = string;

export interface RefUpdate {
  readonly ref: Ref;
  readonly to: Commit;
  /** What it has to be still; `null`: it must not exist; absent: whatever it is. */
  readonly from?: Commit | null;
}

export const branchRef = (branch: string): Ref => `refs/heads/${branch}`;

/** What the local forge remembers of a pull request in the repository itself, so that it outlives its branch. */
export const pullRefs = (number: number) => ({
  /** The head as last seen while open. */
  head: `refs/pull/${number}/head`,
  /** Where it left the base, as last seen while open. */
  base: `refs/pull/${number}/base`,
  /** The commit that brought it into the base. */
  merge: `refs/pull/${number}/merge`,
});

/** Questions to one bare repository. */
export interface Refs {
  /** @throws DeliveryError (permanent) where git would not take it as the name of a branch. */
  requireBranchName(branch: string): Promise<void>;
  /** Null where the ref does not exist. */
  commitOf(ref: Ref): Promise<Commit | null>;
  isAncestor(ancestor: Commit, descendant: Commit): Promise<boolean>;
  /** Null where the two have no history in common. */
  mergeBase(one: Commit, other: Commit): Promise<Commit | null>;
  /** All or none. False where a ref is no longer what it had to be, or somebody else holds its lock. */
  update(updates: readonly RefUpdate[]): Promise<boolean>;
}

export const refsOf = (git: Git, repository: string): Refs => ({
  requireBranchName: async (branch) => {
    // git itself would let a ref begin with a hyphen, but nobody could check such a branch out safely.
    const plausible = branch.length <= 250 && !branch.startsWith("-") && !branch.includes("\0");
    const answer = plausible ? await git(repository, ["check-ref-format", branchRef(branch)]) : null;
    if (answer?.exitCode !== 0)
      throw permanent(
        `${JSON.stringify(branch.slice(0, 250))} is not a valid name of a branch (git check-ref-format).`,
      );
  },
  commitOf: async (ref) => {
    const answer = await git(repository, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
    if (answer.exitCode === 1) return null;
    if (answer.exitCode !== 0) throw unexpected(repository, `read ${ref}`, answer);
    return answer.stdout.trim();
  },
  isAncestor: async (ancestor, descendant) => {
    const answer = await git(repository, ["merge-base", "--is-ancestor", ancestor, descendant]);
    if (answer.exitCode > 1) throw unexpected(repository, `compare ${ancestor} and ${descendant}`, answer);
    return answer.exitCode === 0;
  },
  mergeBase: async (one, other) => {
    const answer = await git(repository, ["merge-base", one, other]);
    if (answer.exitCode === 1) return null;
    if (answer.exitCode !== 0) throw unexpected(repository, `compare ${one} and ${other}`, answer);
    return answer.stdout.trim();
  },
  update: async (updates) => {
    const input = updates.map(instruction).join("");
    const answer = await git(repository, ["update-ref", "--stdin", "-z"], { input });
    return answer.exitCode === 0;
  },
});

/** `update SP <ref> NUL <new> NUL [<old>] NUL`; an old value of zeros means "must not exist" (git-update-ref). */
const instruction = ({ ref, to, from }: RefUpdate): string => {
  const old = from === undefined ? "" : (from ?? "0".repeat(to.length));
  return `update ${ref}\0${to}\0${old}\0`;
};
