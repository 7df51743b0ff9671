import { clone } from "../steps/clone.ts";
import { collect } from "../steps/collect.ts";
import { explore } from "../steps/explore.ts";
import { feedbackLoop } from "../steps/feedback-loop.ts";
import { gapAnalysis } from "../steps/gap-analysis.ts";
import { install } from "../steps/install.ts";
import { openCheckout } from "../steps/open-checkout.ts";
import { plan } from "../steps/plan.ts";
import { preflight } from "../steps/preflight.ts";
import { push } from "../steps/push.ts";
import { setup } from "../steps/setup.ts";
import { teardown } from "../steps/teardown.ts";
import { verify } from "../steps/verify.ts";
import type { StepRegistry } from "./engine.ts";

export const stepRegistry: StepRegistry = {
  clone,
  "open-checkout": openCheckout,
  install,
  setup,
  "feedback-loop": feedbackLoop,
  preflight,
  push,
  collect,
  verify,
  "gap-analysis": gapAnalysis,
  explore,
  plan,
  teardown,
};
