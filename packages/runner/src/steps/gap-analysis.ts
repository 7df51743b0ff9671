import { z } from "zod";
import { diffBetween } from "../git/checkout.ts";
import { required } from "../pipeline/facts.ts";
import type { Step } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { createFence } from "../prompts/fence.ts";
import { gapAnalysisPrompt } from "../prompts/gap-analysis.ts";
import { askForAnswer, withUsage } from "./ask-agent.ts";
import { maxDiffCharacters } from "./feedback-loop.ts";
import { type ProvenAnalysis, provenClaims } from "./proven-claims.ts";

const claimSchema = z.object({
  claim: z.string(),
  ticketWords: z.string().optional(),
  file: z.string().optional(),
});

const answerSchema = z.object({
  implemented: z.array(claimSchema),
  gaps: z.array(claimSchema),
  manualSteps: z.array(claimSchema),
});

/** The diff held against the ticket (§10.1). The work is safe by now: without it, the report is just shorter. */
export const gapAnalysis: Step = {
  essential: false,
  run: async (input) => {
    const checkout = required(input.facts.checkout, "clone");
    const { from, to, files } = required(input.facts.change, "preflight");
    const diff = await diffBetween(input.git, checkout, from, to, maxDiffCharacters);
    const { value, usage } = await askForAnswer(
      input,
      {
        purpose: "gap-analysis",
        prompt: gapAnalysisPrompt(input.job, diff, createFence(input.newDelimiter())),
      },
      answerSchema,
    );
    if (value === null)
      throw new StepFailure("agent-failed", "The agent gave no gap analysis in the asked-for form.");
    const { title, description } = input.job.ticket;
    const proven = provenClaims(value, { ticket: `${title}\n${description}`, files });
    input.account.dropped(proven.leftOut + proven.stripped);
    return {
      status: "succeeded",
      input: `the diff of ${files.length} files against ${input.job.ticket.identifier}`,
      detail: describe(proven),
      facts: { gapAnalysis: proven.analysis },
      ...withUsage(usage),
    };
  },
};

const describe = ({ analysis, leftOut, stripped }: ProvenAnalysis): string =>
  [
    `${analysis.implemented.length} implemented, ${analysis.gaps.length} gaps, ${analysis.manualSteps.length} manual steps`,
    ...(leftOut === 0
      ? []
      : [`${leftOut} left out, as the files that were to prove them are not in the diff`]),
    ...(stripped === 0
      ? []
      : [`${stripped} kept without the words or files that they named, which are not there`]),
  ].join("; ");
