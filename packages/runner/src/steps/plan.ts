import type { Plan, PlanSection } from "@ai-implement/contracts";
import { z } from "zod";
import { required } from "../pipeline/facts.ts";
import type { Step } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { planPrompt } from "../prompts/plan.ts";
import { askForAnswer, withUsage } from "./ask-agent.ts";

const kinds = [
  "architecture",
  "tests",
  "work-units",
  "context",
] as const satisfies readonly PlanSection["kind"][];

const answerSchema = z.object({
  sections: z.array(z.object({ kind: z.enum(kinds), body: z.string().min(1) })).min(1),
});

/** Up to four sections in a fixed order, the last only where there are relatives (§10.3). */
export const plan: Step = {
  essential: true,
  run: async (input) => {
    const { value, usage } = await askForAnswer(
      input,
      {
        purpose: "plan",
        prompt: planPrompt(input.job),
        resume: required(input.facts.exploration, "explore"),
      },
      answerSchema,
    );
    const sections = value === null ? [] : inOrder(value, input.job.ticket.relatives.length > 0);
    if (sections.length === 0)
      throw new StepFailure(
        "agent-failed",
        "The agent gave no plan in the asked-for form, even when asked again.",
      );
    return {
      status: "succeeded",
      detail: sections.map(({ kind }) => kind).join(", "),
      facts: { plan: { sections } },
      ...withUsage(usage),
    };
  },
};

const inOrder = ({ sections }: z.output<typeof answerSchema>, hasRelatives: boolean): Plan["sections"] =>
  kinds
    .filter((kind) => kind !== "context" || hasRelatives)
    .flatMap((kind) => sections.filter((section) => section.kind === kind).slice(0, 1));
