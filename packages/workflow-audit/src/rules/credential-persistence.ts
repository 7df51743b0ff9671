import type { Rule } from "../finding.ts";
import { actionOf, allSteps, inputOf } from "../workflow/workflow.ts";

/** A checkout leaves the job's token in `.git/config`, where every later step and an uploaded folder has it. */
export const credentialPersistence: Rule = {
  id: "credential-persistence",
  check: (workflow) =>
    allSteps(workflow)
      .filter((step) => actionOf(step) === "actions/checkout")
      .filter((step) => inputOf(step, "persist-credentials")?.text.toLowerCase() !== "false")
      .map(({ line }) => ({
        line,
        message: "The checkout keeps the job's token on disk.",
        fix: "Set `persist-credentials: false`.",
      })),
};
