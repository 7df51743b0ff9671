import type { Review } from "@ai-implement/contracts";
import { z } from "zod";
import { type Checkout, diffBetween, snapshot } from "../git/checkout.ts";
import { required } from "../pipeline/facts.ts";
import type { Step, StepInput } from "../pipeline/step.ts";
import { createFence, type Fence } from "../prompts/fence.ts";
import { findingsPrompt, implementPrompt } from "../prompts/implement.ts";
import { reviewPrompt } from "../prompts/review.ts";
import { revisePrompt } from "../prompts/revise.ts";
import type { Work } from "../work.ts";
import { type Answer, askAgent, askForAnswer, withUsage } from "./ask-agent.ts";
import { inOwnLine } from "./own-line.ts";

/** What a reviewer is shown of the diff, in characters; it can read the rest in the files. */
export const maxDiffCharacters = 120_000;

const verdictSchema = z.object({ approved: z.boolean(), findings: z.array(z.string()) });
type Verdict = z.output<typeof verdictSchema>;

const noVerdict: Verdict = { approved: false, findings: ["the reviewer gave no verdict"] };

/** Implement ⇄ review until the reviewer approves or the iterations are used up (§10.1). */
export const feedbackLoop: Step = {
  essential: true,
  run: async (input) => {
    const checkout = required(input.facts.checkout, "clone");
    const treeBeforeAgent = await snapshot(input.git, checkout);
    const { maxIterations } = input.job.limits;
    let work: Answer | null = null;
    let verdict: Verdict = { approved: false, findings: [] };
    let iterations = 0;
    while (iterations < maxIterations && !verdict.approved) {
      const round = iterations + 1;
      work = await implement(input, round, work, verdict.findings);
      const tree = await snapshot(input.git, checkout);
      // Nothing to review: the preflight says so, and a reviewer's opinion of it is not worth its price.
      if (tree === treeBeforeAgent) break;
      verdict = await review(input, round, checkout, tree);
      iterations = round;
    }
    const outcome: Review = {
      approved: verdict.approved,
      iterations,
      findings: verdict.approved ? [] : verdict.findings,
    };
    return {
      status: "succeeded",
      detail: describeReview(outcome),
      facts: { treeBeforeAgent, review: outcome, summary: work?.text ?? "" },
    };
  },
};

const implement = (
  input: StepInput,
  round: number,
  before: Answer | null,
  findings: readonly string[],
): Promise<Answer> =>
  inOwnLine(input.steps, `implement ${round}`, async () => {
    const fence = createFence(input.newDelimiter());
    const { body } = required(input.facts.workflow, "clone");
    const answer = await askAgent(input, {
      purpose: "implement",
      ...(before === null
        ? { prompt: firstPrompt(input.job, body, fence) }
        : { prompt: findingsPrompt(findings, fence), resume: before.session }),
    });
    return { value: answer, detail: answer.text, usage: answer.usage };
  });

const firstPrompt = (job: Work, body: string, fence: Fence): string =>
  job.revision === undefined
    ? implementPrompt(job, body, fence)
    : revisePrompt(job, job.revision, body, fence);

const review = (input: StepInput, round: number, checkout: Checkout, tree: string): Promise<Verdict> =>
  inOwnLine(input.steps, `review ${round}`, async () => {
    const diff = await diffBetween(input.git, checkout, checkout.baseCommit, tree, maxDiffCharacters);
    const fence = createFence(input.newDelimiter());
    const { value, usage } = await askForAnswer(
      input,
      { purpose: "review", prompt: reviewPrompt(input.job, diff, fence) },
      verdictSchema,
    );
    const verdict = value === null ? noVerdict : withReason(value);
    const detail = verdict.approved
      ? "approved"
      : verdict.findings.map((finding) => `- ${finding}`).join("\n");
    return { value: verdict, detail, ...withUsage(usage) };
  });

const withReason = (verdict: Verdict): Verdict =>
  verdict.approved || verdict.findings.length > 0
    ? verdict
    : { approved: false, findings: ["the reviewer did not approve and named no finding"] };

const describeReview = ({ approved, iterations, findings }: Review): string => {
  if (iterations === 0) return "nothing to review";
  const rounds = iterations === 1 ? "1 round" : `${iterations} rounds`;
  return approved
    ? `approved after ${rounds}`
    : `not approved after ${rounds}: ${findings.length} open findings`;
};
