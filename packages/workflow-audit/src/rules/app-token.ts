import type { Problem, Rule } from "../finding.ts";
import { at } from "../syntax/tree.ts";
import { actionOf, inputOf, type Job, type Step } from "../workflow/workflow.ts";

/**
 * A token of a GitHub App is for the repositories and permissions that are needed, and ends with the job. The App's key is for
 * every repository that has the App: nothing of others runs beside it.
 */
export const appToken: Rule = {
  id: "app-token",
  check: ({ jobs }) =>
    jobs.flatMap((job) => job.steps.filter(mintsToken).flatMap((step) => problemsOf(step, job))),
};

const minting = [
  "actions/create-github-app-token",
  "tibdex/github-app-token",
  "getsentry/action-github-app-token",
];

const mintsToken = (step: Step): boolean => minting.includes(actionOf(step) ?? "");

const problemsOf = (step: Step, job: Job): readonly Problem[] => [
  ...(step.inputs.some(({ key }) => /^permissions?(-|$)/i.test(key))
    ? []
    : [
        problem(
          step,
          "The token may do all that the App may.",
          "Name what it needs: `permission-contents: read`.",
        ),
      ]),
  ...(inputOf(step, "owner") !== undefined && inputOf(step, "repositories") === undefined
    ? [
        problem(
          step,
          "The token is for every repository of the owner.",
          "Name the `repositories` that it is for.",
        ),
      ]
    : []),
  ...(isOn(step, "skip-token-revoke") || inputOf(step, "revoke")?.text === "false"
    ? [problem(step, "The token outlives the job.", "Let the action revoke it.")]
    : []),
  ...(at(job.node, "container") !== undefined
    ? [
        problem(
          step,
          "The App's key is in the environment of the action's last step, in the same container as all that ran before.",
          "Mint the token where nothing else runs, or in a script of its own before anything else does.",
        ),
      ]
    : []),
];

/** The action takes any text for yes. */
const isOn = (step: Step, input: string): boolean => {
  const text = inputOf(step, input)?.text ?? "";
  return text !== "" && text !== "false";
};

const problem = ({ line }: Step, message: string, fix: string): Problem => ({ line, message, fix });
