import type { Revision } from "@ai-implement/contracts";
import type { Work } from "../work.ts";
import { feedbackSection } from "./feedback.ts";
import { type Fence, fenceNotice } from "./fence.ts";
import { paragraphs, planSection, ticketSection } from "./ticket.ts";

export interface DiffText {
  readonly text: string;
  readonly truncated: boolean;
}

export const diffSection = ({ text, truncated }: DiffText, fence: Fence): string =>
  paragraphs(
    fence.code("diff", text),
    truncated ? "The diff goes on; read the files themselves for the rest." : "",
  );

export const reviewPrompt = (job: Work, diff: DiffText, fence: Fence): string =>
  paragraphs(
    "Review this change, which is in the current directory, against its ticket. Object only to what must be mended before a merge: wrong or missing behaviour, bugs, security holes, missing tests. Not to taste. Each finding names file and line, what is wrong and what would be right. Answer with `approved` and `findings`; approved means no findings.",
    fenceNotice(fence),
    ticketSection(job, fence, ""),
    planSection(job, fence),
    job.revision === undefined ? "" : reviewedRevision(job.revision, fence),
    diffSection(diff, fence),
  );

/** The whole pull request is reviewed, and whether its latest change is the one that was asked for. */
const reviewedRevision = (revision: Revision, fence: Fence): string =>
  paragraphs(
    `The diff is the whole of pull request #${revision.pullRequest}, just revised for the feedback below. Object as well to feedback that is not met. It is rightly left out where it is wrong; say nothing of that.`,
    feedbackSection(revision, fence),
  );

export const answerAgainPrompt =
  "Your answer did not fit the asked-for JSON. Give the same answer again, as that JSON and nothing else.";
