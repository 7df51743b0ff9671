import type { Work } from "../work.ts";
import { type Fence, fenceNotice } from "./fence.ts";
import { paragraphs, planSection, ticketSection } from "./ticket.ts";
import { promptVariables, substitute } from "./variables.ts";

/** The first implement session. `body` is the prompt of `WORKFLOW.md`. */
export const implementPrompt = (job: Work, body: string, fence: Fence): string =>
  paragraphs(
    "Implement this ticket in the current directory. Follow the conventions of the code around, add or adapt tests, and run the ones that matter. Do not commit or push: that is done for you. End with a short summary for the pull request: what changed and why, and what was left out.",
    fenceNotice(fence),
    substitute(body, promptVariables(job, fence)),
    ticketSection(job, fence, body),
    planSection(job, fence),
  );

/** Sent into the session that did the work, which knows the rest already. */
export const findingsPrompt = (findings: readonly string[], fence: Fence): string =>
  paragraphs(
    "A reviewer looked at your change and objects. Mend what is right, leave what is not, and end with the summary of the whole change again.",
    fenceNotice(fence),
    fence.block("findings", findings.map((finding) => `- ${finding}`).join("\n")),
  );
