import { changedFiles, inCheckout, nestedRepository, snapshot } from "../git/checkout.ts";
import { required } from "../pipeline/facts.ts";
import type { Step, StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { clip, oneLine } from "../text/clip.ts";
import { closingNothing } from "../text/closing-nothing.ts";

const author = {
  GIT_AUTHOR_NAME: "AI-Implement",
  GIT_AUTHOR_EMAIL: "ai-implement@localhost",
  GIT_COMMITTER_NAME: "AI-Implement",
  GIT_COMMITTER_EMAIL: "ai-implement@localhost",
};

/** Is there something to publish? Then it becomes one commit, made by us and not by the agent. */
export const preflight: Step = {
  essential: true,
  run: async (input) => {
    const { git, facts } = input;
    const checkout = required(facts.checkout, "clone");
    const tree = await snapshot(git, checkout);
    if (tree === facts.treeBeforeAgent) throw nothingChanged(facts.summary);
    const files = await changedFiles(git, checkout, checkout.baseCommit, tree);
    const nested = files.find(({ isSubmodule }) => isSubmodule);
    if (nested !== undefined) throw nestedRepository(nested.path);
    const headCommit = await commit(input, tree);
    return {
      status: "succeeded",
      input: `the work since ${checkout.baseCommit.slice(0, 12)}`,
      detail: `${files.length} files changed, commit ${headCommit.slice(0, 12)}`,
      facts: {
        change: { from: checkout.baseCommit, to: tree, headCommit, files: files.map(({ path }) => path) },
      },
    };
  },
};

export const nothingChanged = (lastWords = ""): StepFailure =>
  new StepFailure(
    "no-changes",
    lastWords.trim() === ""
      ? "The agent changed nothing and did not say why. Say in the ticket what should be different."
      : `The agent changed nothing. Its last words: "${clip(lastWords.trim(), 2_000)}"`,
  );

const commit = async ({ git, facts, job, redact }: StepInput, tree: string): Promise<string> => {
  const checkout = required(facts.checkout, "clone");
  const title = closingNothing(oneLine(redact(`${job.ticket.identifier}: ${job.ticket.title}`), 200));
  const summary = closingNothing(clip(redact(facts.summary ?? "").trim(), 10_000));
  const created = await git.read(
    [...inCheckout(checkout), "commit-tree", tree, "-p", checkout.parentCommit],
    {
      directory: checkout.directory,
      input: summary === "" ? `${title}\n` : `${title}\n\n${summary}\n`,
      environment: author,
    },
  );
  return created.trim();
};
