import { setTimeout as wait } from "node:timers/promises";
import { type Checkout, inCheckout } from "../git/checkout.ts";
import { reasonOf } from "../git/git.ts";
import { reachingRemote, remoteBranchHead, remoteUrl } from "../git/remote.ts";
import { required } from "../pipeline/facts.ts";
import type { Step, StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { type CommandResult, succeeded } from "../process/run-command.ts";

const maxTries = 3;

/**
 * Onto the job's branch, and only if it still stands where the clone saw it. A push whose answer was lost may have
 * arrived all the same, so the remote is looked at before another try.
 */
export const push: Step = {
  essential: true,
  run: async (input) => {
    const checkout = required(input.facts.checkout, "clone");
    const { headCommit } = required(input.facts.change, "preflight");
    const { branch, slug } = input.job.repository;
    for (let tries = 1; ; tries += 1) {
      const result = await pushOnce(input, checkout, headCommit);
      if (succeeded(result)) break;
      if (result.end.kind === "stopped") throw new Error("the push was stopped");
      const standing = await remoteBranchHead(input).catch(() => "unknown" as const);
      if (standing === headCommit) break;
      const refused = result.stdout.split("\n").find((line) => line.startsWith("!"));
      if (refused !== undefined || (standing !== "unknown" && standing !== checkout.remoteHead))
        throw new StepFailure(
          "push-rejected",
          `${slug} did not take the branch "${branch}": ${reasonOf(result)}. Somebody else may have changed it, or a rule of the repository forbids it.`,
        );
      if (tries === maxTries)
        throw new StepFailure(
          "transport",
          `The branch "${branch}" could not be pushed to ${slug}: ${reasonOf(result)}`,
        );
      await wait(1_000 * tries, undefined, { signal: input.signal });
    }
    return {
      status: "succeeded",
      input: `commit ${headCommit} for ${slug}`,
      detail: `${headCommit.slice(0, 12)} on ${branch}`,
      facts: { delivered: true },
    };
  },
};

/** To the URL of the job: the remote that a clone names is only a note in a file. */
const pushOnce = async (input: StepInput, checkout: Checkout, commit: string): Promise<CommandResult> => {
  const { branch, cloneUrl } = input.job.repository;
  const ref = `refs/heads/${branch}`;
  return input.git.attempt(
    [
      ...inCheckout(checkout),
      "push",
      "--porcelain",
      "--no-verify",
      `--force-with-lease=${ref}:${checkout.remoteHead ?? ""}`,
      "--",
      remoteUrl(cloneUrl),
      `${commit}:${ref}`,
    ],
    await reachingRemote(input, { directory: checkout.directory }),
  );
};
