import { constants } from "node:fs";
import { chmod, cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Checkout } from "../git/checkout.ts";
import { reasonOf } from "../git/git.ts";
import { refuseMergeConflict } from "../git/merge-conflict.ts";
import { lookAtRemote, reachingRemote, remoteUrl } from "../git/remote.ts";
import type { Step, StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { succeeded } from "../process/run-command.ts";
import { readRepositoryFiles } from "../repository/read-repository-files.ts";
import type { Work } from "../work.ts";

/** A fresh, shallow, blob-filtered clone of the branch to build on (§10.1). */
export const clone: Step = {
  essential: true,
  run: async (input) => {
    const { repository, phase } = input.job;
    const remote = await lookAtRemote(input);
    if (phase === "revise" && remote.branchHead === null) throw branchIsGone(input.job);
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
    if (continues) await refuseMergeConflict(input);
    await input.sandbox.give(checkout.directory);
    const { notice, ...files } = await readRepositoryFiles(checkout.directory, input.job);
    return {
      status: "succeeded",
      input: `${repository.slug}, branch ${repository.branch}`,
      detail: `${repository.slug}, ${from} at ${parentCommit.slice(0, 12)}${notice}`,
      facts: { checkout, ...files },
    };
  },
};

const branchIsGone = ({ repository: { branch, slug }, revision }: Work): StepFailure =>
  new StepFailure(
    "clone-failed",
    `The branch "${branch}" of ${slug} is gone, so ${revision === undefined ? "the pull request" : `pull request #${revision.pullRequest}`} cannot be revised. Restore the branch, or mark the ticket again for a new pull request.`,
  );

const thrifty = ["--depth=1", "--filter=blob:none"];

const fetchInto = async (input: StepInput, branch: string): Promise<void> => {
  const { workspace, gitDirectory, own } = input.folders;
  const { slug, cloneUrl } = input.job.repository;
  const run = async (economies: readonly string[]) => {
    await rm(workspace, { recursive: true, force: true });
    await rm(gitDirectory, { recursive: true, force: true });
    // The folder above lets the agent's user through, and with it everybody else: another attempt's agent, too.
    await mkdir(workspace, { mode: 0o700 });
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
      await reachingRemote(input, { directory: own }),
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
  await chmod(folders.gitDirectory, 0o700);
  await rm(theirs, { recursive: true, force: true });
  await mkdir(theirs);
  await cp(folders.gitDirectory, theirs, { recursive: true, mode: constants.COPYFILE_FICLONE });
};

const headOf = async ({ git, folders }: StepInput): Promise<string> =>
  (
    await git.read([`--git-dir=${folders.gitDirectory}`, "rev-parse", "--verify", "HEAD^{commit}"], {
      directory: folders.own,
    })
  ).trim();

/** The last is what git takes for "everything". */
const depths = [50, 1_000, 2_147_483_647];

/** Where the branch that is continued left the default branch; its history is fetched as far as that takes. */
const findBase = async (input: StepInput): Promise<string> => {
  const { defaultBranch, branch, slug } = input.job.repository;
  const ours = `--git-dir=${input.folders.gitDirectory}`;
  const refspecs = [...new Set([defaultBranch, branch])].map(
    (name) => `+refs/heads/${name}:refs/remotes/origin/${name}`,
  );
  const options = { directory: input.folders.own };
  for (const depth of depths) {
    await fetchMore(input, ["fetch", "--no-tags", `--depth=${depth}`, "origin", ...refspecs]);
    const found = await input.git.attempt(
      [ours, "merge-base", "HEAD", `refs/remotes/origin/${defaultBranch}`],
      options,
    );
    if (!succeeded(found)) continue;
    const base = found.stdout.trim();
    // The old content of what the branch changed is not in a blob-filtered clone, and later diffs would fetch it in
    // passing: git does it here, where it has the credential.
    await fetchMore(input, ["diff", "--numstat", "--no-ext-diff", "--no-renames", base, "HEAD"]);
    return base;
  }
  throw new StepFailure(
    "clone-failed",
    `The branch "${branch}" of ${slug} has no commit in common with "${defaultBranch}": delete the branch, or rebase it by hand.`,
  );
};

const fetchMore = async (input: StepInput, args: readonly string[]): Promise<void> => {
  const { gitDirectory, own } = input.folders;
  const { slug, branch } = input.job.repository;
  const options = await reachingRemote(input, { directory: own });
  const result = await input.git.attempt([`--git-dir=${gitDirectory}`, ...args], options);
  if (!succeeded(result))
    throw new StepFailure(
      "clone-failed",
      `The history of "${branch}" of ${slug} could not be fetched: ${reasonOf(result)}`,
    );
};
