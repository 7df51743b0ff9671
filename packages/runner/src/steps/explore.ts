import { required } from "../pipeline/facts.ts";
import type { Step } from "../pipeline/step.ts";
import { createFence } from "../prompts/fence.ts";
import { explorePrompt } from "../prompts/plan.ts";
import { askAgent } from "./ask-agent.ts";

/** Looks around, changing nothing; the plan goes on in the same session (§10.1). */
export const explore: Step = {
  essential: true,
  run: async (input) => {
    const { body } = required(input.facts.workflow, "clone");
    const prompt = explorePrompt(input.job, body, createFence(input.newDelimiter()));
    const answer = await askAgent(input, { purpose: "explore", prompt });
    return {
      status: "succeeded",
      input: `${input.job.ticket.identifier}, ${prompt.length} characters of prompt`,
      detail: answer.text,
      usage: answer.usage,
      facts: { exploration: answer.session },
    };
  },
};
