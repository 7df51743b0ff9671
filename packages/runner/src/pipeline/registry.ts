import type { BuiltInStep } from "@ai-implement/contracts";
import { clone } from "../steps/clone.ts";
import { explore } from "../steps/explore.ts";
import { feedbackLoop } from "../steps/feedback-loop.ts";
import { gapAnalysis } from "../steps/gap-analysis.ts";
import { guard } from "../steps/guard.ts";
import { install } from "../steps/install.ts";
import { plan } from "../steps/plan.ts";
import { preflight } from "../steps/preflight.ts";
import { push } from "../steps/push.ts";
import { setup } from "../steps/setup.ts";
import { teardown } from "../steps/teardown.ts";
import { verify } from "../steps/verify.ts";
import type { Step } from "./step.ts";

export const builtInStepModules: Readonly<Record<BuiltInStep, Step>> = {
  clone,
  install,
  setup,
  explore,
  plan,
  "feedback-loop": feedbackLoop,
  preflight,
  guard,
  push,
  verify,
  "gap-analysis": gapAnalysis,
  teardown,
};
