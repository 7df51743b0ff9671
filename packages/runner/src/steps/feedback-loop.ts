import type { Review } from "@ai-implement/contracts";
import { z } from "zod";
import { type Checkout, diffBetween, snapshot } from "../git/checkout.ts";
import { required } from "../pipeline/facts.ts";
import type { Step, StepInput } from "../pipeline/step.ts";
import { type Failure, StepFailure } from "../pipeline/step-failure.ts";
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
    const progress: Progress = { work: null, verdict: notApproved, iterations: 0 };
    const stopped = await keepingWhatIsThere(input, checkout, treeBeforeAgent, async () => {
      while (progress.iterations < maxIterations && !progress.verdict.approved) {
        const round = progress.iterations + 1;
        progress.work = await implement(input, round, progress.work, progress.verdict.findings);
        progress.verdict = notApproved;
        const tree = await snapshot(input.git, checkout);
        // Nothing to review: the preflight says so, and a reviewer's opinion of it is not worth its price.
        if (tree === treeBeforeAgent) break;
        progress.verdict = await review(input, round, checkout, tree);
        progress.iterations = round;
      }
    });
    const { work, verdict, iterations } = progress;
    const { approved } = verdict;
    const outcome: Review = { approved, iterations, findings: approved ? [] : verdict.findings };
    return {
      status: stopped === null ? "succeeded" : "failed",
      detail: stopped === null ? describeReview(outcome) : `${stopped.message} What was done is kept.`,
      facts: {
        treeBeforeAgent,
        review: outcome,
        summary: work?.text ?? "",
        ...(stopped === null ? {} : { stopped }),
      },
    };
  },
};

/** How far the loop has come: kept outside of it, because it can be stopped anywhere. */
interface Progress {
  work: Answer | null;
  verdict: Verdict;
  iterations: number;
}

const notApproved: Verdict = { approved: false, findings: [] };

/**
 * A budget that is spent ends the work, and does not take back what was paid for: where the agent has changed something it
 * goes on its way as a draft. Null: the work came to its own end.
 */
const keepingWhatIsThere = async (
  input: StepInput,
  checkout: Checkout,
  treeBeforeAgent: string,
  work: () => Promise<void>,
): Promise<Failure | null> => {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof StepFailure) || error.reason !== "budget") throw error;
    if ((await snapshot(input.git, checkout)) === treeBeforeAgent) throw error;
    return { reason: error.reason, message: error.message };
  }
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
