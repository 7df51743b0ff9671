import type { Plan, PlanSection } from "@ai-implement/contracts";
import { z } from "zod";
import { required } from "../pipeline/facts.ts";
import type { Step } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { planPrompt } from "../prompts/plan.ts";
import { askForAnswer, withUsage } from "./ask-agent.ts";
import { workUnitSchema, workUnitsText } from "./work-units.ts";

const kinds = [
  "architecture",
  "tests",
  "work-units",
  "context",
] as const satisfies readonly PlanSection["kind"][];

const answerSchema = z.object({
  sections: z.array(z.object({ kind: z.enum(kinds), body: z.string().min(1) })).min(1),
  workUnits: z.array(workUnitSchema).optional(),
});

/** Up to four sections in a fixed order, the last only where there are relatives (§10.3). */
export const plan: Step = {
  essential: true,
  run: async (input) => {
    const { ticket } = input.job;
    const { value, usage } = await askForAnswer(
      input,
      {
        purpose: "plan",
        prompt: planPrompt(input.job),
        resume: required(input.facts.exploration, "explore"),
      },
      answerSchema,
    );
    const units = await workUnitsText(value?.workUnits ?? [], input.folders.workspace);
    const written = value?.sections ?? [];
    // Units that are told apart say more than a section in one piece.
    const all =
      units === null
        ? written
        : [
            ...written.filter(({ kind }) => kind !== "work-units"),
            { kind: "work-units" as const, body: units },
          ];
    const sections = inOrder(all, ticket.relatives.length > 0);
    if (sections.length === 0)
      throw new StepFailure(
        "agent-failed",
        "The agent gave no plan in the asked-for form, even when asked again.",
      );
    return {
      status: "succeeded",
      input: `what was found for ${ticket.identifier}, and ${ticket.relatives.length} related tickets`,
      detail: sections.map(({ kind }) => kind).join(", "),
      facts: { plan: { sections } },
      ...withUsage(usage),
    };
  },
};

const inOrder = (sections: Plan["sections"], hasRelatives: boolean): Plan["sections"] =>
  kinds
    .filter((kind) => kind !== "context" || hasRelatives)
    .flatMap((kind) => sections.filter((section) => section.kind === kind).slice(0, 1));
