import type { WirePhase } from "@ai-implement/contracts";
import { collect } from "../steps/collect.ts";
import { explore } from "../steps/explore.ts";
import { feedbackLoop } from "../steps/feedback-loop.ts";
import { gapAnalysis } from "../steps/gap-analysis.ts";
import { install } from "../steps/install.ts";
import { openCheckout } from "../steps/open-checkout.ts";
import { plan } from "../steps/plan.ts";
import { setup } from "../steps/setup.ts";
import { teardown } from "../steps/teardown.ts";
import { verify } from "../steps/verify.ts";
import type { Step } from "./step.ts";

/** A step in its place. */
export interface PlannedStep {
  readonly name: string;
  readonly step: Step;
  /** Its failure ends the run. */
  readonly essential: boolean;
}

/** Steps in their order. `always` runs at the end however the others ended. */
export interface Pipeline {
  readonly steps: readonly PlannedStep[];
  readonly always: readonly PlannedStep[];
}

const planned = (name: string, step: Step): PlannedStep => ({ name, step, essential: step.essential });

const opening = planned("open-checkout", openCheckout);
const always = [planned("teardown", teardown)];

const localImplementing: Pipeline = {
  steps: [
    opening,
    planned("install", install),
    planned("setup", setup),
    planned("feedback-loop", feedbackLoop),
    planned("collect", collect),
    planned("verify", verify),
    planned("gap-analysis", gapAnalysis),
  ],
  always,
};

/** On somebody's own checkout: no clone, no commit, no push, and nothing of an operator's own. */
export const localPipelines: Readonly<Record<WirePhase, Pipeline>> = {
  plan: { steps: [opening, planned("explore", explore), planned("plan", plan)], always },
  implement: localImplementing,
  revise: localImplementing,
};
