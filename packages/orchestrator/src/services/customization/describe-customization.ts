import {
  builtInSteps,
  type Customization,
  type PipelineFile,
  type PipelinesAnswer,
  phaseSchema,
  statusOfStep,
  type WirePhase,
} from "@ai-implement/contracts";

export type Pipelines = Readonly<Record<WirePhase, PipelineFile>>;

/** Every pipeline and step: whose it is, and where it is used (§10.1). */
export const describeCustomization = (
  files: Pipelines,
  { pipelines }: Pick<Customization, "pipelines">,
  customSteps: ReadonlySet<string>,
): PipelinesAnswer => {
  const described = phaseSchema.options.map((phase) => ({
    phase,
    status: pipelines[phase] === undefined ? ("built-in" as const) : ("override" as const),
    steps: files[phase].steps.map(({ step }) => step),
    always: files[phase].always.map(({ step }) => step),
  }));
  const own = [...customSteps].filter((id) => !builtInSteps.some((step) => step === id)).sort();
  return {
    pipelines: described,
    steps: [...builtInSteps, ...own].map((id) => ({
      id,
      status: statusOfStep(id, customSteps),
      usedBy: described
        .filter(({ steps, always }) => [...steps, ...always].includes(id))
        .map(({ phase }) => phase),
    })),
  };
};
