import { z } from "zod";
import type { WirePhase } from "./job.ts";

/** The steps that a pipeline file may name without any code of the operator's own (§10.1). */
export const builtInSteps = [
  "clone",
  "install",
  "setup",
  "explore",
  "plan",
  "feedback-loop",
  "preflight",
  "guard",
  "push",
  "verify",
  "gap-analysis",
  "teardown",
] as const;
export type BuiltInStep = (typeof builtInSteps)[number];

/** Steps that nothing else depends on: an operator may put one of their own in the place of each. */
export const replaceableSteps: readonly BuiltInStep[] = [
  "install",
  "setup",
  "verify",
  "gap-analysis",
  "teardown",
];

/** In this order, in every pipeline of the phase: without one of them there is no result, or none that was checked. */
export const indispensableSteps: Readonly<Record<WirePhase, readonly BuiltInStep[]>> = {
  plan: ["clone", "explore", "plan", "guard"],
  implement: ["clone", "feedback-loop", "preflight", "guard", "push"],
  revise: ["clone", "feedback-loop", "preflight", "guard", "push"],
};

const optionalSteps: Readonly<Record<WirePhase, readonly BuiltInStep[]>> = {
  plan: ["install", "setup"],
  implement: ["install", "setup", "verify", "gap-analysis"],
  revise: ["install", "setup", "verify", "gap-analysis"],
};

/** What comes after it works on what it found. */
const comesAfter: Readonly<Partial<Record<BuiltInStep, BuiltInStep>>> = {
  "gap-analysis": "preflight",
};

export const customStepIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,49}$/, "a lower-case letter, then letters, digits and -, at most 50");

const timeoutMinutes = z.number().positive().max(360).optional();
const stepWords = 'a step is its name, or "step: <name>" with what is to be different about it';

/** `- clone` is short for `- step: clone`. */
const entry = <Shape extends z.core.$ZodLooseShape>(more: Shape) =>
  z.preprocess(
    (value) => (typeof value === "string" ? { step: value } : value),
    z.strictObject(
      { step: customStepIdSchema, timeoutMinutes, ...more },
      {
        error: ({ code }) => (code === "invalid_type" ? stepWords : undefined),
      },
    ),
  );

/** `custom/pipelines/<phase>.yml`, and the runner's own `pipelines/<phase>.yml`. */
export const pipelineFileSchema = z.strictObject({
  steps: z
    .array(
      entry({
        /** True: its failure ends the run. Absent: as the step itself says. */
        essential: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(50),
  /** At the end, however the others ended. */
  always: z.array(entry({})).min(1).max(10),
});
export type PipelineFile = z.output<typeof pipelineFileSchema>;

/** The same with the rules that no single entry shows (§11.4). `customSteps`: the operator's own, by id. */
export const pipelineFileSchemaFor = (phase: WirePhase, customSteps: ReadonlySet<string>) =>
  pipelineFileSchema.superRefine((file, { addIssue }) => {
    for (const { path, problem } of pipelineProblems(phase, file, customSteps))
      addIssue({ code: "custom", path: [...path], message: problem });
  });

export interface PipelineProblem {
  readonly path: readonly (string | number)[];
  /** Names the thing and the fix. */
  readonly problem: string;
}

const pipelineProblems = (
  phase: WirePhase,
  { steps, always }: PipelineFile,
  customSteps: ReadonlySet<string>,
): readonly PipelineProblem[] => [
  ...steps.flatMap(({ step, essential, timeoutMinutes: limit }, index) => {
    const about = [
      unusable(phase, step, customSteps),
      steps.findIndex((other) => other.step === step) < index
        ? `"${step}" stands here twice: remove one`
        : null,
      essential === false && isIndispensable(phase, step)
        ? `without "${step}" there is no result: remove "essential: false"`
        : null,
      misplacedLimit(step, limit, customSteps),
    ];
    return about
      .filter((problem) => problem !== null)
      .map((problem) => ({ path: ["steps", index], problem }));
  }),
  ...orderProblems(
    phase,
    steps.map(({ step }) => step),
  ),
  ...alwaysProblems(always, customSteps),
];

const isIndispensable = (phase: WirePhase, step: string): boolean =>
  indispensableSteps[phase].some((id) => id === step);

const unusable = (phase: WirePhase, step: string, customSteps: ReadonlySet<string>): string | null => {
  const fitting = [...indispensableSteps[phase], ...optionalSteps[phase]];
  if (customSteps.has(step) || fitting.some((id) => id === step)) return null;
  return builtInSteps.some((id) => id === step)
    ? `"${step}" cannot be used here: the ${phase} pipeline takes ${fitting.join(", ")} and steps of your own`
    : `there is no step "${step}": put it into custom/steps/${step}.ts or ${step}.js, or use one of ${fitting.join(", ")}`;
};

const misplacedLimit = (
  step: string,
  limit: number | undefined,
  customSteps: ReadonlySet<string>,
): string | null =>
  limit === undefined || customSteps.has(step)
    ? null
    : `"timeoutMinutes" is for steps of your own, and "${step}" has limits of its own: remove it`;

const orderProblems = (phase: WirePhase, steps: readonly string[]): readonly PipelineProblem[] => {
  const at = (id: string): number => steps.indexOf(id);
  const needed = indispensableSteps[phase];
  const missing = needed.filter((id) => at(id) === -1);
  if (missing.length > 0)
    return missing.map((id) => ({
      path: ["steps"],
      problem: `the step "${id}" is missing: a ${phase} pipeline needs ${needed.join(", ")} in this order`,
    }));
  const problems: PipelineProblem[] = [];
  if (at("clone") !== 0)
    problems.push({ path: ["steps", at("clone")], problem: '"clone" has to be the first step' });
  for (const [index, id] of needed.entries()) {
    const before = needed[index - 1];
    if (before !== undefined && at(id) < at(before))
      problems.push({ path: ["steps", at(id)], problem: `"${id}" has to come after "${before}"` });
  }
  for (const [id, before] of Object.entries(comesAfter))
    if (at(id) !== -1 && at(before) !== -1 && at(id) < at(before))
      problems.push({ path: ["steps", at(id)], problem: `"${id}" has to come after "${before}"` });
  // Whatever the agent says or does before the push has to pass the guard.
  if (phase !== "plan" && at("guard") < at("gap-analysis") && at("gap-analysis") < at("push"))
    problems.push({
      path: ["steps", at("gap-analysis")],
      problem: 'the agent works in "gap-analysis", so it cannot stand between "guard" and "push"',
    });
  return problems;
};

const alwaysProblems = (
  always: PipelineFile["always"],
  customSteps: ReadonlySet<string>,
): readonly PipelineProblem[] => [
  ...always.flatMap(({ step, timeoutMinutes: limit }, index) => {
    const wrong =
      step === "teardown" || customSteps.has(step)
        ? misplacedLimit(step, limit, customSteps)
        : `"${step}" cannot be used here: only "teardown" and steps of your own run in any case`;
    return wrong === null ? [] : [{ path: ["always", index], problem: wrong }];
  }),
  ...(always.some(({ step }) => step === "teardown")
    ? []
    : [
        {
          path: ["always"],
          problem: 'the step "teardown" is missing: it cleans up what a repository\'s setup left',
        },
      ]),
];
