import type { Revision } from "@ai-implement/contracts";
import { clip, oneLine } from "../text/clip.ts";
import type { Work } from "../work.ts";
import { feedbackSection } from "./feedback.ts";
import { type Fence, fenceNotice } from "./fence.ts";
import { paragraphs, planSection, ticketSection } from "./ticket.ts";
import { promptVariables, substitute } from "./variables.ts";

/** The first session of a revise run (§10.1). `body` is the prompt of `WORKFLOW.md`. */
export const revisePrompt = (job: Work, revision: Revision, body: string, fence: Fence): string =>
  paragraphs(
    `Revise pull request #${revision.pullRequest}. Its branch is in the current directory as it stands: build on it and keep what nobody objects to. Do exactly what is asked below and nothing beyond it. Follow the conventions of the code around, add or adapt tests, and run the ones that matter. Do not commit or push: that is done for you.`,
    "A remark that is wrong, that would break something or that goes beyond the ticket: leave the code as it is there, and say in the summary which remark you left and why.",
    "End with a short summary of the whole pull request as it is now: what it changes and why, how each remark was met, and what was left out.",
    fenceNotice(fence),
    substitute(body, promptVariables(job, fence)),
    ticketSection(job, fence, body),
    planSection(job, fence),
    asked(revision, fence),
    knownGaps(revision, fence),
  );

const asked = (revision: Revision, fence: Fence): string =>
  revision.feedback.length === 0
    ? "What is asked: close the gaps that are known."
    : paragraphs(
        "What is asked, with the place that each remark is about:",
        feedbackSection(revision, fence),
      );

const maxGaps = 20_000;

const knownGaps = ({ gapAnalysis }: Revision, fence: Fence): string => {
  const gaps = gapAnalysis?.gaps ?? [];
  if (gaps.length === 0) return "";
  const lines = gaps.map(({ claim, ticketWords, file }) => {
    const proof = [ticketWords === undefined ? "" : `ticket: "${ticketWords}"`, file ?? ""].filter(Boolean);
    return oneLine(`- ${claim}${proof.length === 0 ? "" : ` (${proof.join("; ")})`}`, 2_000);
  });
  return paragraphs(
    "What an earlier look found missing, held against the ticket. Close what the code still lacks, unless an instruction says otherwise:",
    fence.block("known gaps", clip(lines.join("\n"), maxGaps)),
  );
};
