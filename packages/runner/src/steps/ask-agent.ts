import type { Usage } from "@ai-implement/contracts";
import { z } from "zod";
import type { AgentOutcome, AgentPurpose } from "../agent/agent.ts";
import type { ModelUse, SessionMeter } from "../model-proxy/model-proxy.ts";
import { required } from "../pipeline/facts.ts";
import type { StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { createUsageMeter } from "../pipeline/usage-meter.ts";
import { answerAgainPrompt } from "../prompts/review.ts";
import { defaultModelsOf, modelFor } from "../repository/models.ts";

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
  const { job, facts, folders, agent, models, meter, account, environment, signal } = input;
  const { purpose, prompt } = question;
  const workflow = required(facts.workflow, "clone");
  const settings = required(facts.settings, "clone");
  const model = required(
    modelFor(purpose, workflow, settings, defaultModelsOf(job.agent)) ?? undefined,
    "clone",
  );
  const budgetUsd = budgetLeft(input, purpose);
  // What is asked of the model is counted where it passes by, and refused there when the budget is spent.
  const session = models?.open(budgetUsd) ?? null;
  account.prompted(prompt);
  const outcome = await agent.run(
    {
      ...question,
      directory: folders.workspace,
      access: purpose === "implement" ? "edit" : "read-only",
      model,
      maxTurns: job.limits.maxTurns,
      environment,
      signal,
      ...(budgetUsd === undefined || session !== null ? {} : { budgetUsd }),
    },
    input.onActivity,
  );
  const usage = usageOf(session, outcome);
  // Calls that broke off cost something that nobody could measure: a budget counts them at what they cost at most.
  meter.add(usage, Math.max(usage?.costUsd ?? 0, session?.chargedUsd() ?? 0));
  account.session(purpose, usesOf(session, model, usage));
  if (outcome.kind === "failed" && session?.refusedForBudget() === true)
    throw new StepFailure("budget", spentMessage(input, `during the ${purpose} session`));
  switch (outcome.kind) {
    case "completed":
      return { ...outcome, usage: usage ?? outcome.usage };
    case "failed":
      throw new StepFailure(outcome.reason, outcome.message);
    case "stopped":
      throw new Error(`the ${purpose} session was stopped`);
  }
};

/** Undefined: there is no limit. @throws StepFailure when nothing is left */
const budgetLeft = (input: StepInput, purpose: AgentPurpose): number | undefined => {
  const { perRunUsd } = input.job.limits;
  if (perRunUsd === undefined) return undefined;
  const left = perRunUsd - input.meter.chargedUsd();
  if (left > 0) return left;
  throw new StepFailure("budget", spentMessage(input, `before the ${purpose} session`));
};

const spentMessage = ({ job: { limits } }: StepInput, when: string): string =>
  `The run's budget of $${limits.perRunUsd?.toFixed(2)} was spent ${when} (perRunUsd of the project).`;

/** The agent's own account counts only where none of its calls passed us by; how often it took a turn only it knows. */
const usageOf = (session: SessionMeter | null, outcome: AgentOutcome): Usage | null => {
  if (session === null || session.byModel().length === 0) return outcome.usage;
  return { ...session.usage(), turns: outcome.usage?.turns ?? session.usage().turns };
};

const usesOf = (session: SessionMeter | null, model: string, usage: Usage | null): readonly ModelUse[] => {
  const counted = session?.byModel() ?? [];
  if (counted.length > 0) return counted;
  return usage === null ? [] : [{ model, usage }];
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
