import { z } from "zod";
import { type JobPermissions, jobPermissions, permissionsSchema } from "./permissions.ts";
import { readWorkflowYaml, scalarSchema, scalarsSchema, WorkflowFileError } from "./workflow-yaml.ts";

const defaultsSchema = z.strictObject({
  run: z.strictObject({ shell: z.string().optional(), "working-directory": z.string().optional() }),
});
const stepSchema = z.strictObject({
  id: z.string().optional(),
  name: scalarSchema.optional(),
  if: scalarSchema.optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: scalarsSchema.default({}),
  env: scalarsSchema.default({}),
  shell: z.string().optional(),
  "working-directory": z.string().optional(),
  "timeout-minutes": scalarSchema.optional(),
  "continue-on-error": scalarSchema.default("false"),
});
const containerSchema = z.union([
  scalarSchema.transform((image) => ({ image, env: {} })),
  z.strictObject({
    image: scalarSchema,
    env: scalarsSchema.default({}),
    credentials: scalarsSchema.optional(),
    options: scalarSchema.optional(),
  }),
]);
const listSchema = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const jobSchema = z.strictObject({
  name: scalarSchema.optional(),
  needs: listSchema.default([]),
  if: scalarSchema.optional(),
  permissions: permissionsSchema,
  "runs-on": listSchema,
  env: scalarsSchema.default({}),
  defaults: defaultsSchema.optional(),
  steps: z.array(stepSchema).min(1),
  "timeout-minutes": scalarSchema.default("360"),
  "continue-on-error": scalarSchema.default("false"),
  outputs: scalarsSchema.default({}),
  container: containerSchema.optional(),
});
const fileSchema = z.strictObject({
  name: scalarSchema.optional(),
  "run-name": scalarSchema.optional(),
  on: z.unknown(),
  permissions: permissionsSchema,
  env: scalarsSchema.default({}),
  defaults: defaultsSchema.optional(),
  concurrency: z.unknown().optional(),
  jobs: z.record(z.string(), jobSchema),
});

type Texts = Readonly<Record<string, string>>;

/** All texts may hold expressions. */
export interface StepFile {
  readonly id: string | null;
  readonly name: string | null;
  readonly condition: string | null;
  readonly does:
    | { readonly kind: "run"; readonly script: string; readonly shell: string | null }
    | { readonly kind: "uses"; readonly action: string; readonly inputs: Texts };
  readonly workingDirectory: string | null;
  readonly environment: Texts;
  readonly timeoutMinutes: string | null;
  readonly continueOnError: string;
}

export interface JobFile {
  readonly id: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly condition: string | null;
  readonly permissions: JobPermissions;
  readonly runsOn: readonly string[];
  readonly environment: Texts;
  readonly container: { readonly image: string; readonly environment: Texts } | null;
  readonly timeoutMinutes: string;
  readonly continueOnError: string;
  readonly outputs: Texts;
  readonly steps: readonly StepFile[];
}

export interface WorkflowFile {
  readonly environment: Texts;
  /** Every job comes after those that it needs. */
  readonly jobs: readonly JobFile[];
}

/** @throws WorkflowFileError that names what is not emulated: matrices, services, reusable workflows, concurrency of a job */
export const readWorkflowFile = (text: string): WorkflowFile => {
  const file = readWorkflowYaml(text, fileSchema);
  const jobs = Object.entries(file.jobs).map(([id, job]) => toJob(id, job, file));
  return { environment: file.env, jobs: inOrder(jobs) };
};

const toJob = (id: string, job: z.infer<typeof jobSchema>, file: z.infer<typeof fileSchema>): JobFile => {
  const defaults = { ...file.defaults?.run, ...job.defaults?.run };
  return {
    id,
    name: job.name ?? id,
    needs: job.needs,
    condition: job.if ?? null,
    permissions: jobPermissions(file.permissions, job.permissions),
    runsOn: job["runs-on"],
    environment: job.env,
    container:
      job.container === undefined ? null : { image: job.container.image, environment: job.container.env },
    timeoutMinutes: job["timeout-minutes"],
    continueOnError: job["continue-on-error"],
    outputs: job.outputs,
    steps: job.steps.map((step, index) => toStep(`${id}, step ${index + 1}`, step, defaults)),
  };
};

const toStep = (
  place: string,
  step: z.infer<typeof stepSchema>,
  defaults: { readonly shell?: string | undefined; readonly "working-directory"?: string | undefined },
): StepFile => {
  const common = {
    id: step.id ?? null,
    name: step.name ?? null,
    condition: step.if ?? null,
    environment: step.env,
    timeoutMinutes: step["timeout-minutes"] ?? null,
    continueOnError: step["continue-on-error"],
  };
  if (step.uses !== undefined && step.run === undefined)
    return {
      ...common,
      does: { kind: "uses", action: step.uses, inputs: step.with },
      workingDirectory: null,
    };
  if (step.run === undefined || step.uses !== undefined)
    throw new WorkflowFileError(`${place}: a step has either uses or run`);
  return {
    ...common,
    does: { kind: "run", script: step.run, shell: step.shell ?? defaults.shell ?? null },
    workingDirectory: step["working-directory"] ?? defaults["working-directory"] ?? null,
  };
};

const inOrder = (jobs: readonly JobFile[]): readonly JobFile[] => {
  const known = new Set(jobs.map(({ id }) => id));
  for (const { id, needs } of jobs)
    for (const need of needs)
      if (!known.has(need)) throw new WorkflowFileError(`Job ${id} depends on unknown job ${need}`);
  const ordered: JobFile[] = [];
  let left = jobs;
  while (left.length > 0) {
    const done = new Set(ordered.map(({ id }) => id));
    const ready = left.filter(({ needs }) => needs.every((need) => done.has(need)));
    if (ready.length === 0)
      throw new WorkflowFileError(`These jobs wait for each other: ${left.map(({ id }) => id).join(", ")}`);
    ordered.push(...ready);
    left = left.filter((job) => !ready.includes(job));
  }
  return ordered;
};
