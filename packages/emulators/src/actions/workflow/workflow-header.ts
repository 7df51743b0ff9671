import { z } from "zod";
import { type JobPermissions, jobPermissions, permissionsSchema } from "./permissions.ts";
import { readWorkflowYaml, scalarSchema } from "./workflow-yaml.ts";

const inputSchema = z.looseObject({
  type: z.enum(["string", "choice", "boolean", "number", "environment"]).default("string"),
  required: z.boolean().default(false),
  default: scalarSchema.optional(),
  options: z.array(scalarSchema).default([]),
});
const dispatchSchema = z.looseObject({
  inputs: z.record(z.string(), inputSchema.nullable()).nullish(),
});
const triggersSchema = z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]);
const concurrencySchema = z.union([
  scalarSchema.transform((group) => ({ group, "cancel-in-progress": "false" })),
  z.looseObject({ group: scalarSchema, "cancel-in-progress": scalarSchema.default("false") }),
]);
const headerSchema = z.looseObject({
  name: scalarSchema.optional(),
  "run-name": scalarSchema.optional(),
  on: triggersSchema,
  permissions: permissionsSchema,
  concurrency: concurrencySchema.optional(),
  jobs: z.record(
    z.string(),
    z.looseObject({ name: scalarSchema.optional(), permissions: permissionsSchema }),
  ),
});

export type DispatchInput = z.infer<typeof inputSchema>;

/** What GitHub reads of a workflow file before it runs anything. */
export interface WorkflowHeader {
  readonly name: string | null;
  readonly runName: string | null;
  /** Null: nobody can dispatch it. */
  readonly dispatchInputs: Readonly<Record<string, DispatchInput>> | null;
  /** Both may hold expressions. */
  readonly concurrency: { readonly group: string; readonly cancelInProgress: string } | null;
  readonly jobs: ReadonlyMap<string, { readonly name: string; readonly permissions: JobPermissions }>;
}

/** @throws WorkflowFileError */
export const readWorkflowHeader = (text: string): WorkflowHeader => {
  const file = readWorkflowYaml(text, headerSchema);
  const { concurrency } = file;
  return {
    name: file.name ?? null,
    runName: file["run-name"] ?? null,
    dispatchInputs: dispatchInputs(file.on),
    concurrency:
      concurrency === undefined
        ? null
        : { group: concurrency.group, cancelInProgress: concurrency["cancel-in-progress"] },
    jobs: new Map(
      Object.entries(file.jobs).map(([id, { name = id, permissions }]) => [
        id,
        { name, permissions: jobPermissions(file.permissions, permissions) },
      ]),
    ),
  };
};

const event = "workflow_dispatch";

const dispatchInputs = (
  triggers: z.infer<typeof triggersSchema>,
): Readonly<Record<string, DispatchInput>> | null => {
  if (typeof triggers === "string") return triggers === event ? {} : null;
  if (Array.isArray(triggers)) return triggers.includes(event) ? {} : null;
  if (!(event in triggers)) return null;
  const inputs = dispatchSchema.safeParse(triggers[event]).data?.inputs ?? {};
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, input ?? inputSchema.parse({})]),
  );
};
