import type { WirePhase } from "@ai-implement/contracts";

export type StepName =
  | "clone"
  | "open-checkout"
  | "install"
  | "setup"
  | "feedback-loop"
  | "preflight"
  | "push"
  | "collect"
  | "verify"
  | "gap-analysis"
  | "explore"
  | "plan"
  | "teardown";

/** Steps in their order. `always` runs at the end however the others ended. */
export interface Pipeline {
  readonly steps: readonly StepName[];
  readonly always: readonly StepName[];
}

const planning: Pipeline = { steps: ["clone", "explore", "plan"], always: ["teardown"] };

const implementing: Pipeline = {
  steps: ["clone", "install", "setup", "feedback-loop", "preflight", "push", "verify", "gap-analysis"],
  always: ["teardown"],
};

/** §10.1. */
export const pipelines: Readonly<Record<WirePhase, Pipeline>> = {
  plan: planning,
  implement: implementing,
  // The same work on the branch that the pull request has already.
  revise: implementing,
};

const localImplementing: Pipeline = {
  steps: ["open-checkout", "install", "setup", "feedback-loop", "collect", "verify", "gap-analysis"],
  always: ["teardown"],
};

/** On somebody's own checkout: no clone, no commit, no push. */
export const localPipelines: Readonly<Record<WirePhase, Pipeline>> = {
  plan: { steps: ["open-checkout", "explore", "plan"], always: ["teardown"] },
  implement: localImplementing,
  revise: localImplementing,
};
