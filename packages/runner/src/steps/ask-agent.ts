import type { Usage } from "@ai-implement/contracts";
import { z } from "zod";
import type { AgentPurpose } from "../agent/agent.ts";
import { required } from "../pipeline/facts.ts";
import type { StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { createUsageMeter } from "../pipeline/usage-meter.ts";
import { answerAgainPrompt } from "../prompts/review.ts";
import { modelFor, providerOf } from "../repository/models.ts";

export interface Question {
  readonly purpose: AgentPurpose;
  readonly prompt: string;
  readonly resume?: string;
  readonly answerSchema?: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly text: string;
  readonly structured: unknown;
  readonly session: string;
  readonly usage: Usage;
}

/** One session of the agent, within what is left of the budget. @throws StepFailure with the agent's own reason */
export const askAgent = async (input: StepInput, question: Question): Promise<Answer> => {
  const { job, facts, folders, agent, meter, environment, signal } = input;
  const { purpose } = question;
  const { perRunUsd, maxTurns } = job.limits;
  const workflow = required(facts.workflow, "clone");
  const model = modelFor(purpose, workflow, required(facts.settings, "clone"), providerOf(job.agent));
  const budgetUsd = perRunUsd === undefined ? undefined : perRunUsd - meter.knownCostUsd();
  if (budgetUsd !== undefined && budgetUsd <= 0)
    throw new StepFailure(
      "budget",
      `The run's budget of $${perRunUsd?.toFixed(2)} was spent before the ${purpose} session (perRunUsd of the project).`,
    );
  const outcome = await agent.run(
    {
      ...question,
      directory: folders.workspace,
      access: purpose === "implement" ? "edit" : "read-only",
      model: required(model ?? undefined, "clone"),
      maxTurns,
      environment,
      signal,
      ...(budgetUsd === undefined ? {} : { budgetUsd }),
    },
    input.onActivity,
  );
  meter.add(outcome.usage);
  switch (outcome.kind) {
    case "completed":
      return outcome;
    case "failed":
      throw new StepFailure(outcome.reason, outcome.message);
    case "stopped":
      throw new Error(`the ${purpose} session was stopped`);
  }
};

/** A value in the asked-for form, or null when the agent did not give one even when asked again. */
export interface ParsedAnswer<Value> {
  readonly value: Value | null;
  readonly usage: Usage | null;
}

/** Asks for an answer that fits `schema`; one that does not is asked for once more, in the same session. */
export const askForAnswer = async <Schema extends z.ZodType>(
  input: StepInput,
  question: Question,
  schema: Schema,
): Promise<ParsedAnswer<z.output<Schema>>> => {
  const answerSchema = jsonSchemaOf(schema);
  const usage = createUsageMeter();
  let next: Question = { ...question, answerSchema };
  for (let tries = 0; tries < 2; tries += 1) {
    const answer = await askAgent(input, next);
    usage.add(answer.usage);
    const parsed = schema.safeParse(answer.structured);
    if (parsed.success) return { value: parsed.data, usage: usage.total() };
    next = { ...next, prompt: answerAgainPrompt, resume: answer.session };
  }
  return { value: null, usage: usage.total() };
};

const jsonSchemaOf = (schema: z.ZodType): Readonly<Record<string, unknown>> => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema);
  return rest;
};

/** As a field that is left out where nothing was measured. */
export const withUsage = (usage: Usage | null): { readonly usage?: Usage } =>
  usage === null ? {} : { usage };
