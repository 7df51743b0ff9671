import { constants } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Checkout } from "../git/checkout.ts";
import { reasonOf } from "../git/git.ts";
import { lookAtRemote, remoteUrl } from "../git/remote.ts";
import type { Step, StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { succeeded } from "../process/run-command.ts";
import { readRepositoryFiles } from "../repository/read-repository-files.ts";

/** A fresh, shallow, blob-filtered clone of the branch to build on (§10.1). */
export const clone: Step = {
  essential: true,
  run: async (input) => {
    const { repository, phase } = input.job;
    const remote = await lookAtRemote(input);
    const continues = repository.continueBranch && remote.branchHead !== null;
    await fetchInto(input, continues ? repository.branch : repository.defaultBranch);
    await giveAgentItsOwnGitDirectory(input);
    const parentCommit = await headOf(input);
    const checkout: Checkout = {
      directory: input.folders.workspace,
      gitDirectory: input.folders.gitDirectory,
      parentCommit,
      baseCommit: continues ? await findBase(input) : parentCommit,
      remoteHead: continues ? parentCommit : remote.branchHead,
      excluded: [],
    };
    const from = continues
      ? `going on with ${repository.branch}`
      : `starting from ${repository.defaultBranch}`;
    return {
      status: "succeeded",
      detail: `${repository.slug}, ${from} at ${parentCommit.slice(0, 12)}`,
      facts: { checkout, ...(await readRepositoryFiles(checkout.directory, phase)) },
    };
  },
};

const thrifty = ["--depth=1", "--filter=blob:none"];

const fetchInto = async (input: StepInput, branch: string): Promise<void> => {
  const { workspace, gitDirectory, temporary } = input.folders;
  const { slug, cloneUrl } = input.job.repository;
  const run = async (economies: readonly string[]) => {
    await rm(workspace, { recursive: true, force: true });
    await rm(gitDirectory, { recursive: true, force: true });
    return input.git.attempt(
      [
        "clone",
        ...economies,
        "--no-tags",
        "--single-branch",
        `--branch=${branch}`,
        // No sample hooks, no excludes: nothing in the git directory that this clone did not bring.
        "--template=",
        `--separate-git-dir=${gitDirectory}`,
        "--",
        remoteUrl(cloneUrl),
        workspace,
      ],
      { directory: temporary },
    );
  };
  let result = await run(thrifty);
  // Some servers know neither; then the whole repository it is.
  if (!succeeded(result) && /filter|shallow|dumb http/i.test(result.stderr)) result = await run([]);
  if (!succeeded(result))
    throw new StepFailure(
      "clone-failed",
      `${slug} could not be cloned from ${cloneUrl} (branch "${branch}"): ${reasonOf(result)}. Check that the repository exists and that the service may read it.`,
    );
};

/** Ours stays outside of its reach (see `Checkout`); it gets a copy, so that its git works as usual. */
const giveAgentItsOwnGitDirectory = async ({ folders }: StepInput): Promise<void> => {
  const theirs = join(folders.workspace, ".git");
  await rm(theirs, { recursive: true, force: true });
  await mkdir(theirs);
  await cp(folders.gitDirectory, theirs, { recursive: true, mode: constants.COPYFILE_FICLONE });
};

const headOf = async ({ git, folders }: StepInput): Promise<string> =>
  (
    await git.read([`--git-dir=${folders.gitDirectory}`, "rev-parse", "--verify", "HEAD^{commit}"], {
      directory: folders.temporary,
    })
  ).trim();

/** The last is what git takes for "everything". */
const depths = [50, 1_000, 2_147_483_647];

/** Where the branch that is continued left the default branch; its history is fetched as far as that takes. */
const findBase = async ({ git, folders, job }: StepInput): Promise<string> => {
  const { defaultBranch, branch, slug } = job.repository;
  const ours = `--git-dir=${folders.gitDirectory}`;
  const refspecs = [...new Set([defaultBranch, branch])].map(
    (name) => `+refs/heads/${name}:refs/remotes/origin/${name}`,
  );
  const options = { directory: folders.temporary };
  for (const depth of depths) {
    await git.read([ours, "fetch", "--no-tags", `--depth=${depth}`, "origin", ...refspecs], options);
    const found = await git.attempt(
      [ours, "merge-base", "HEAD", `refs/remotes/origin/${defaultBranch}`],
      options,
    );
    if (succeeded(found)) return found.stdout.trim();
  }
  throw new StepFailure(
    "clone-failed",
    `The branch "${branch}" of ${slug} has no commit in common with "${defaultBranch}": delete the branch, or rebase it by hand.`,
  );
};
