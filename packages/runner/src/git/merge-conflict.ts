import type { StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { oneLine } from "../text/clip.ts";
import { reachingRemote } from "./remote.ts";

/** Enough to see where it is. */
const maxShown = 10;

/**
 * A branch that contradicts its base cannot be merged, whatever is added to it, and a commit of ours has one parent, so the
 * agent cannot mend that. Found before anything is spent.
 * @throws StepFailure `merge-conflict`, naming the files
 */
export const refuseMergeConflict = async (input: StepInput): Promise<void> => {
  const { folders, git, job } = input;
  const { branch, defaultBranch, slug } = job.repository;
  const result = await git.attempt(
    [
      `--git-dir=${folders.gitDirectory}`,
      "merge-tree",
      "--write-tree",
      "--name-only",
      "--no-messages",
      "-z",
      "HEAD",
      `refs/remotes/origin/${defaultBranch}`,
    ],
    // What both sides changed is not in a blob-filtered clone: git fetches it.
    await reachingRemote(input, { directory: folders.own }),
  );
  // Anything but 0 and 1 is a git that cannot tell, such as one before 2.38: people see the conflict when they merge.
  if (result.end.kind !== "exited" || result.end.exitCode !== 1) return;
  const files = result.stdout.split("\0").slice(1).filter(Boolean);
  const shown = files.slice(0, maxShown).map((file) => oneLine(file, 200));
  const more = files.length > maxShown ? ` and ${files.length - maxShown} more` : "";
  throw new StepFailure(
    "merge-conflict",
    `The branch "${branch}" of ${slug} conflicts with "${defaultBranch}" in ${shown.join(", ")}${more}. Merge "${defaultBranch}" into it by hand, then ask again.`,
  );
};
