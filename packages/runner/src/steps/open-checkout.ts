import { realpath, writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { type Checkout, inCheckout } from "../git/checkout.ts";
import { GitError } from "../git/git.ts";
import type { Step, StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { readRepositoryFiles } from "../repository/read-repository-files.ts";

/** Instead of a clone: somebody's own checkout, whose git directory we read once and never write. */
export const openCheckout: Step = {
  essential: true,
  run: async (input) => {
    const { workspace, gitDirectory } = input.folders;
    const head = await headOfCheckout(input);
    const checkout: Checkout = {
      directory: workspace,
      gitDirectory,
      baseCommit: head,
      parentCommit: head,
      remoteHead: null,
      excluded: await ownFolderInside(workspace, input.folders.own),
    };
    await borrowObjects(input, checkout);
    const { notice, ...files } = await readRepositoryFiles(workspace, input.job);
    return {
      status: "succeeded",
      input: workspace,
      detail: `${workspace} at ${head.slice(0, 12)}${notice}`,
      facts: { checkout, ...files },
    };
  },
};

/**
 * Only here do we read a git directory that is not ours. Where it lacks an object, git would fetch it, by whatever
 * program its configuration names for a remote. This list beats that configuration, and nothing is on it.
 */
const offline = { GIT_ALLOW_PROTOCOL: "none" };

const headOfCheckout = async ({ git, folders }: StepInput): Promise<string> => {
  const { workspace } = folders;
  try {
    const options = { directory: workspace, environment: offline };
    const root = (await git.read(["rev-parse", "--show-toplevel"], options)).trim();
    if ((await realpath(root)) !== (await realpath(workspace)))
      throw new StepFailure(
        "clone-failed",
        `${workspace} is inside of the git checkout ${root}: name that folder instead.`,
      );
    return (await git.read(["rev-parse", "--verify", "HEAD^{commit}"], options)).trim();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new StepFailure(
      "clone-failed",
      `${workspace} is not a git checkout with a commit (${error.message}). Run "git init" and commit, or name another folder.`,
    );
  }
};

/** A git directory of our own that begins with the checkout's HEAD and reads the checkout's objects. */
const borrowObjects = async ({ git, folders }: StepInput, checkout: Checkout): Promise<void> => {
  const options = { directory: folders.workspace, environment: offline };
  const objects = (await git.read(["rev-parse", "--git-path", "objects"], options)).trim();
  const format = (await git.read(["rev-parse", "--show-object-format"], options)).trim();
  await git.read(
    ["init", "--quiet", "--bare", "--template=", `--object-format=${format}`, folders.gitDirectory],
    options,
  );
  await writeFile(
    join(folders.gitDirectory, "objects", "info", "alternates"),
    `${resolve(folders.workspace, objects)}\n`,
  );
  await git.read([...inCheckout(checkout), "read-tree", checkout.baseCommit], options);
};

/** Our own folder, where it lies inside of the checkout: it is no part of the work. */
const ownFolderInside = async (workspace: string, own: string): Promise<readonly string[]> => {
  const path = relative(await realpath(workspace), await realpath(own));
  return path === "" || path === ".." || path.startsWith(`..${sep}`) ? [] : [path];
};
