import type { GapAnalysis } from "@ai-implement/contracts";
import { z } from "zod";
import { diffBetween } from "../git/checkout.ts";
import { required } from "../pipeline/facts.ts";
import type { Step } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { createFence } from "../prompts/fence.ts";
import { gapAnalysisPrompt } from "../prompts/gap-analysis.ts";
import { askForAnswer, withUsage } from "./ask-agent.ts";
import { maxDiffCharacters } from "./feedback-loop.ts";

const claimSchema = z.object({
  claim: z.string(),
  ticketWords: z.string().optional(),
  file: z.string().optional(),
});
type ClaimLine = z.output<typeof claimSchema>;

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
    const analysis = onlyProven(value, files);
    return {
      status: "succeeded",
      detail: `${analysis.implemented.length} implemented, ${analysis.gaps.length} gaps, ${analysis.manualSteps.length} manual steps`,
      facts: { gapAnalysis: analysis },
      ...withUsage(usage),
    };
  },
};

/** A file that is not in the diff proves nothing: the claim stays, without it. */
const onlyProven = (answer: z.output<typeof answerSchema>, files: readonly string[]): GapAnalysis => {
  const inDiff = new Set(files);
  const checked = (lines: readonly ClaimLine[]): GapAnalysis["gaps"] =>
    lines.map(({ claim, ticketWords, file }) => ({
      claim,
      ...(ticketWords === undefined ? {} : { ticketWords }),
      ...(file === undefined || !inDiff.has(file) ? {} : { file }),
    }));
  return {
    implemented: checked(answer.implemented),
    gaps: checked(answer.gaps),
    manualSteps: checked(answer.manualSteps),
  };
};
