import { changedFiles, snapshot } from "../git/checkout.ts";
import { required } from "../pipeline/facts.ts";
import type { Step } from "../pipeline/step.ts";
import { nothingChanged } from "./preflight.ts";

/** On somebody's own checkout the change stays where it is, uncommitted; only its files are noted. */
export const collect: Step = {
  essential: true,
  run: async ({ git, facts }) => {
    const checkout = required(facts.checkout, "open-checkout");
    const from = required(facts.treeBeforeAgent, "feedback-loop");
    const to = await snapshot(git, checkout);
    if (to === from) throw nothingChanged(facts.summary);
    const files = (await changedFiles(git, checkout, from, to)).map(({ path }) => path);
    return {
      status: "succeeded",
      input: checkout.directory,
      detail: `${files.length} files changed, left uncommitted`,
      facts: { delivered: true, change: { from, to, headCommit: checkout.baseCommit, files } },
    };
  },
};
