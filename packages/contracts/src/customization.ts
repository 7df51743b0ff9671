import { z } from "zod";
import { type Customization, phaseSchema } from "./job.ts";
import { type BuiltInStep, builtInSteps, customStepIdSchema, replaceableSteps } from "./pipeline.ts";
import { short } from "./text.ts";

/** A file of the operator's `custom/` folder. */
export interface CustomFile {
  readonly folder: "pipelines" | "steps";
  readonly name: string;
  readonly text: string;
}

/** The caps of the wire, for files in characters. */
export const customizationLimits = {
  pipeline: 20_000,
  step: 300_000,
  steps: 50,
  filesPerFolder: 200,
} as const;

export interface ReadCustomization {
  readonly customization: Customization;
  /** Each names its file and the fix. */
  readonly problems: readonly string[];
}

/** What the names and sizes of the files say. Whether their text can be used is for whoever reads it. */
export const toCustomization = (files: readonly CustomFile[]): ReadCustomization => {
  const problems: string[] = [];
  const pipelines: Customization["pipelines"] = {};
  const steps: Customization["steps"] = [];
  const seen = new Set<string>();
  for (const file of files) {
    const path = `custom/${file.folder}/${file.name}`;
    const problem = problemOf(file, seen);
    if (problem !== null) {
      problems.push(`${path}: ${problem}`);
      continue;
    }
    const [id = "", extension = ""] = splitName(file.name);
    seen.add(`${file.folder}/${id}`);
    const phase = phaseSchema.safeParse(id);
    if (file.folder === "pipelines" && phase.success) pipelines[phase.data] = file.text;
    if (file.folder === "steps")
      steps.push({ id, language: extension === "ts" ? "typescript" : "javascript", source: file.text });
  }
  if (steps.length > customizationLimits.steps)
    problems.push(
      `custom/steps: there are ${steps.length} steps, and ${customizationLimits.steps} are the limit: remove some`,
    );
  return { customization: { pipelines, steps: steps.slice(0, customizationLimits.steps) }, problems };
};

const splitName = (name: string): readonly [string, string] => {
  const dot = name.lastIndexOf(".");
  return dot === -1 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1)];
};

const problemOf = ({ folder, name, text }: CustomFile, seen: ReadonlySet<string>): string | null => {
  const [id, extension] = splitName(name);
  const limit = folder === "pipelines" ? customizationLimits.pipeline : customizationLimits.step;
  if (text.length > limit)
    return `it has ${text.length} characters, and ${limit} are the limit: make it shorter`;
  if (folder === "pipelines")
    return phaseSchema.safeParse(id).success && extension === "yml"
      ? null
      : `it names no pipeline: call it ${phaseSchema.options.map((phase) => `${phase}.yml`).join(", ")}, or remove it`;
  if (extension !== "ts" && extension !== "js")
    return "a step is a file <id>.ts or <id>.js: rename it, or remove it";
  const parsed = customStepIdSchema.safeParse(id);
  if (!parsed.success)
    return `the name of a step has to be ${parsed.error.issues[0]?.message ?? "another"}: rename it`;
  if (isFixed(id))
    return `the step "${id}" cannot be replaced, because others rely on it; those that can are ${replaceableSteps.join(", ")}: rename it`;
  return seen.has(`steps/${id}`) ? `there is another file of the step "${id}": remove one` : null;
};

const isBuiltIn = (id: string): id is BuiltInStep => builtInSteps.some((step) => step === id);
const isFixed = (id: string): boolean => isBuiltIn(id) && !replaceableSteps.includes(id);

/** How a thing stands to what AI-Implement brings along (§10.1). */
export const customizationStatusSchema = z.enum(["built-in", "override", "additive"]);
export type CustomizationStatus = z.infer<typeof customizationStatusSchema>;

export const statusOfStep = (id: string, customSteps: ReadonlySet<string>): CustomizationStatus => {
  if (!customSteps.has(id)) return "built-in";
  return isBuiltIn(id) ? "override" : "additive";
};

/** `GET /api/pipelines`. */
export const pipelinesAnswerSchema = z.object({
  pipelines: z.array(
    z.object({
      phase: phaseSchema,
      status: customizationStatusSchema,
      /** In their order. */
      steps: z.array(short),
      always: z.array(short),
    }),
  ),
  steps: z.array(
    z.object({
      id: short,
      status: customizationStatusSchema,
      /** The pipelines that it stands in; none: nothing runs it. */
      usedBy: z.array(phaseSchema),
    }),
  ),
});
export type PipelinesAnswer = z.infer<typeof pipelinesAnswerSchema>;
