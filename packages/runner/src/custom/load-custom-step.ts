import type { Customization } from "@ai-implement/contracts";
import { transform } from "sucrase";
import { z } from "zod";
import type { Step, StepInput, StepResult } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { clip, oneLine } from "../text/clip.ts";
import { answerStep } from "./answer-step.ts";
import type { CustomStepJob } from "./custom-step.ts";
import { runStepThread, type ThreadEnd } from "./step-thread.ts";

export type CustomStepSource = Customization["steps"][number];

/** To say what it is, a module has only to be read. */
const describeMs = 20_000;
const maxDetail = 20_000;

/**
 * A step of the operator's own (§10.1), shown to be one before anything is spent.
 * @param minutes after which it is ended
 * @throws StepFailure `invalid-pipeline`, naming the file
 */
export const loadCustomStep = async (custom: CustomStepSource, minutes: number): Promise<Step> => {
  const file = `custom/steps/${custom.id}.${custom.language === "typescript" ? "ts" : "js"}`;
  const invalid = (problem: string): StepFailure =>
    new StepFailure("invalid-pipeline", `${file}: ${problem}. Mend it, and start AI-Implement again.`);
  const source = toJavaScript(custom, invalid);
  const end = await runStepThread({
    source,
    job: null,
    timeoutMs: describeMs,
    signal: new AbortController().signal,
    answer: () => Promise.reject(new Error("nothing runs yet")),
    log: () => undefined,
  });
  if (end.kind === "threw") throw invalid(`it cannot be loaded: ${oneLine(end.message, 500)}`);
  if (end.kind !== "described") throw invalid(`it did not load within ${describeMs / 1_000} s`);
  if (typeof end.essential !== "boolean")
    throw invalid('it needs "export const step = { essential: true, run: async (input) => { … } }"');
  return { essential: end.essential, run: (input) => runCustomStep({ file, source, minutes }, input) };
};

const toJavaScript = (
  { language, source }: CustomStepSource,
  invalid: (problem: string) => StepFailure,
): string => {
  if (language === "javascript") return source;
  try {
    return transform(source, { transforms: ["typescript"], disableESTransforms: true }).code;
  } catch (error) {
    throw invalid(oneLine(error instanceof Error ? error.message : String(error), 500));
  }
};

interface LoadedSource {
  readonly file: string;
  readonly source: string;
  readonly minutes: number;
}

const runCustomStep = async (
  { file, source, minutes }: LoadedSource,
  input: StepInput,
): Promise<StepResult> => {
  // One after the other: at the end of a command everything inside of the sandbox is ended.
  let before: Promise<unknown> = Promise.resolve();
  const end = await runStepThread({
    source,
    job: jobOf(input),
    timeoutMs: minutes * 60_000,
    signal: input.signal,
    answer: (question, ended) => {
      const answer = before.then(() => answerStep(question, input, file, ended));
      before = answer.catch(() => undefined);
      return answer;
    },
    log: (line) => input.onActivity(`${file}: ${line}`),
  });
  return resultOf(end, file, minutes);
};

const jobOf = ({ job, facts }: StepInput): CustomStepJob => {
  const { identifier, title, description, url } = job.ticket;
  const { slug, defaultBranch, branch } = job.repository;
  return {
    runId: job.runId,
    phase: job.phase,
    ticket: { identifier, title, description, url },
    repository: { slug, defaultBranch, branch },
    changedFiles: [...(facts.change?.files ?? [])],
  };
};

const resultSchema = z.strictObject({
  status: z.enum(["succeeded", "skipped", "failed"]).default("succeeded"),
  detail: z.string().optional(),
});

/** @throws StepFailure `custom-step-failed`, naming the file */
const resultOf = (end: ThreadEnd, file: string, minutes: number): StepResult => {
  const failed = (problem: string): StepFailure =>
    new StepFailure("custom-step-failed", `The step ${file} ${clip(problem, maxDetail - 500)}`);
  switch (end.kind) {
    case "stopped":
      throw new Error(`${file} was stopped with the run`);
    case "timed-out":
      throw failed(`did not end within ${minutes} minutes (timeoutMinutes of the pipeline), and was ended.`);
    case "threw":
      throw failed(`failed: ${end.message}`);
    case "described":
      throw failed("gave no result.");
    case "ended": {
      const parsed = resultSchema.safeParse(end.result ?? {});
      if (!parsed.success)
        throw failed(
          'gave a result that is none: return nothing, or { status: "succeeded" | "skipped" | "failed", detail: "…" }.',
        );
      const { status, detail } = parsed.data;
      if (status === "failed") throw failed(`says no: ${detail ?? "without a reason"}`);
      return { status, ...(detail === undefined ? {} : { detail: clip(detail, maxDetail) }) };
    }
  }
};
