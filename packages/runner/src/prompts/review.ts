import type { Job } from "@ai-implement/contracts";
import { type Fence, fenceNotice } from "./fence.ts";
import { paragraphs, planSection, ticketSection } from "./ticket.ts";

export interface DiffText {
  readonly text: string;
  readonly truncated: boolean;
}

export const diffSection = ({ text, truncated }: DiffText, fence: Fence): string =>
  paragraphs(
    fence.block("diff", text),
    truncated ? "The diff goes on; read the files themselves for the rest." : "",
  );

export const reviewPrompt = (job: Job, diff: DiffText, fence: Fence): string =>
  paragraphs(
    "Review this change, which is in the current directory, against its ticket. Object only to what must be mended before a merge: wrong or missing behaviour, bugs, security holes, missing tests. Not to taste. Each finding names file and line, what is wrong and what would be right. Answer with `approved` and `findings`; approved means no findings.",
    fenceNotice(fence),
    ticketSection(job, fence, ""),
    planSection(job, fence),
    diffSection(diff, fence),
  );

export const answerAgainPrompt =
  "Your answer did not fit the asked-for JSON. Give the same answer again, as that JSON and nothing else.";
