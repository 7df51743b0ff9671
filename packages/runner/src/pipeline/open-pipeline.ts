import {
  type BuiltInStep,
  builtInSteps,
  type Customization,
  type PipelineFile,
  type WirePhase,
} from "@ai-implement/contracts";
import { loadCustomStep } from "../custom/load-custom-step.ts";
import { parsePipelineFile, readBuiltInPipeline } from "./pipeline-file.ts";
import type { Pipeline, PlannedStep } from "./pipelines.ts";
import { builtInStepModules } from "./registry.ts";
import { StepFailure } from "./step-failure.ts";

/**
 * The pipeline of a phase: the operator's, else the runner's own; and each step in it likewise (§10.1). Whatever is wrong
 * with it comes out here, before anything is spent.
 * @throws StepFailure `invalid-pipeline`, naming file and fix
 */
export const openPipeline = async (
  phase: WirePhase,
  { pipelines, steps }: Customization,
): Promise<Pipeline> => {
  const own = new Map(steps.map((step) => [step.id, step]));
  const text = pipelines[phase];
  const file =
    text === undefined
      ? await readBuiltInPipeline(phase)
      : parsePipelineFile(text, phase, `custom/pipelines/${phase}.yml`, new Set(own.keys()));
  const place = async ({ step: name, timeoutMinutes, ...more }: Entry): Promise<PlannedStep> => {
    const custom = own.get(name);
    const step =
      custom === undefined ? builtIn(name) : await loadCustomStep(custom, timeoutMinutes ?? defaultMinutes);
    return { name, step, essential: more.essential ?? step.essential };
  };
  const all: PlannedStep[] = [];
  for (const entry of [...file.steps, ...file.always]) all.push(await place(entry));
  return { steps: all.slice(0, file.steps.length), always: all.slice(file.steps.length) };
};

type Entry = PipelineFile["steps"][number];

const defaultMinutes = 20;

const builtIn = (name: string) => {
  const id = builtInSteps.find((step): step is BuiltInStep => step === name);
  if (id === undefined) throw new StepFailure("invalid-pipeline", `There is no step "${name}".`);
  return builtInStepModules[id];
};
