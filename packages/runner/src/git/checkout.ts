import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { GuardRefusal } from "../guard/guard-refusal.ts";
import type { StepFailure } from "../pipeline/step-failure.ts";
import { type CommandResult, succeeded } from "../process/run-command.ts";
import { inCheckout } from "./checkout-place.ts";
import { type Git, GitError } from "./git.ts";
import { nestedRepository, refuseTraps } from "./refuse-traps.ts";

export { inCheckout, nestedRepository };

/**
 * A working folder and the git directory by which *we* look at it. The folder's own `.git` belongs to the agent
 * from the moment it has the clone: whatever it plants there (a hook, a file-system monitor, a filter, a pager,
 * another HEAD) would run or count in our git commands. So we never open it: our git directory lies outside of
 * the folder and keeps the configuration it was made with. The folder's files are all that is taken over, which
 * also makes one commit of however many the agent made.
 */
export interface Checkout {
  readonly directory: string;
  readonly gitDirectory: string;
  /** What the work is compared with: where the branch leaves the default branch. */
  readonly baseCommit: string;
  /** What our commit goes on top of: the base, or the head of the branch that is continued. */
  readonly parentCommit: string;
  /** Where the branch stood on the remote when we looked; null when it was not there. */
  readonly remoteHead: string | null;
  /** Folders inside of it that are not part of the work, relative to it. */
  readonly excluded: readonly string[];
}

/** The folder as a tree object: everything in it but what `.gitignore` names. @throws GitError, StepFailure `guard` */
export const snapshot = async (git: Git, checkout: Checkout): Promise<string> => {
  await refuseTraps(git, checkout);
  await refuseNestedRepositories(git, checkout);
  const options = { directory: checkout.directory };
  const exclusions = checkout.excluded.map((path) => `:(exclude,top,literal)${path}`);
  const added = await git.attempt(
    [...inCheckout(checkout), "add", "--all", "--", ".", ...exclusions],
    options,
  );
  if (!succeeded(added)) throw refusedName(added) ?? new GitError(["add"], added);
  return (await git.read([...inCheckout(checkout), "write-tree"], options)).trim();
};

/** A name that means git's own folder on another system: git does not take it, and says which. */
const refusedName = ({ stderr }: CommandResult): StepFailure | null => {
  const path = /^error: invalid path '(.*)'$/m.exec(stderr)?.[1];
  return path === undefined
    ? null
    : new GuardRefusal([
        {
          path,
          rule: "unusual-name",
          what: "it means git's own folder on some system, and git does not take it",
        },
      ]);
};

/**
 * Git asks a repository inside of ours for its state by running git in it, under its own configuration: that of
 * the agent. Only directories that are submodules in our index can be reached this way.
 */
const refuseNestedRepositories = async (git: Git, checkout: Checkout): Promise<void> => {
  const listing = await git.read([...inCheckout(checkout), "ls-files", "--stage", "-z"], {
    directory: checkout.directory,
  });
  for (const entry of listing.split("\0")) {
    if (!entry.startsWith("160000 ")) continue;
    const path = entry.slice(entry.indexOf("\t") + 1);
    const isRepository = await lstat(join(checkout.directory, path, ".git")).then(
      () => true,
      // Nothing there is the usual case: submodules are not fetched.
      () => false,
    );
    if (isRepository) throw nestedRepository(path);
  }
};

/** The unified diff between two commits or trees, and whether `maxCharacters` cut it. */
export const diffBetween = async (
  git: Git,
  checkout: Checkout,
  from: string,
  to: string,
  maxCharacters: number,
): Promise<{ readonly text: string; readonly truncated: boolean }> => {
  const args = ["diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", from, to];
  const result = await git.attempt([...inCheckout(checkout), ...args], {
    directory: checkout.directory,
    maxOutput: maxCharacters,
  });
  if (result.end.kind !== "exited" || result.end.exitCode !== 0)
    throw new Error(`git could not compare ${from} with ${to}: ${result.stderr.slice(0, 1_000)}`);
  return { text: result.stdout, truncated: result.truncated };
};

export interface ChangedFile {
  readonly path: string;
  readonly isSubmodule: boolean;
}

/** Every file that differs between two commits or trees. */
export const changedFiles = async (
  git: Git,
  checkout: Checkout,
  from: string,
  to: string,
): Promise<readonly ChangedFile[]> => {
  // Between two trees this only compares ids: no repository inside of ours is asked.
  const args = ["diff", "--raw", "-z", "--no-renames", "--ignore-submodules=none", from, to];
  const fields = (
    await git.read([...inCheckout(checkout), ...args], { directory: checkout.directory })
  ).split("\0");
  const files: ChangedFile[] = [];
  // Pairs of ":old-mode new-mode old-id new-id status" and the path.
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [oldMode = "", newMode = ""] = (fields[index] ?? "").slice(1).split(" ");
    files.push({ path: fields[index + 1] ?? "", isSubmodule: [oldMode, newMode].includes("160000") });
  }
  return files;
};
