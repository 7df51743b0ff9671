import { z } from "zod";

/** One path segment of a branch name, as git and GitHub accept it everywhere. */
const branchSegment = /^[A-Za-z0-9][\w.-]*$(?<!\.lock)/;

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]{0,99}$/,
    "letters, digits, '.', '_' and '-', beginning with a letter or a digit",
  );

const branchPrefix = z
  .string()
  .max(64)
  .refine(
    (prefix) => !prefix.includes("..") && prefix.split("/").every((segment) => branchSegment.test(segment)),
    "segments of letters, digits, '.', '_' and '-' separated by '/', without '..' or a final '.lock'",
  );

const dollars = z.number().positive().max(1_000_000);

/** Strict, as the mapping itself: a misspelt field must not be an edit that silently did nothing. */
export const ticketingConfigSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("linear") }),
  z.strictObject({
    kind: z.literal("jira"),
    jql: z.string().trim().min(1).max(10_000),
    repoFieldValue: z.string().trim().min(1).max(255),
    statusFieldOverride: z.string().max(255).optional(),
    repoFieldOverride: z.string().max(255).optional(),
  }),
  z.strictObject({
    kind: z.literal("folder"),
    /** Relative to `TICKETS_DIR`; it may not leave it. */
    path: z
      .string()
      .max(500)
      .refine(
        (path) => !path.startsWith("/") && !path.split(/[\\/]/).includes(".."),
        "stays inside TICKETS_DIR",
      ),
  }),
]);

/** A project as the HTTP API takes and gives it (§5.1). */
export const mappingSchema = z
  .strictObject({
    teamKey: name,
    forge: z.enum(["github", "local"]).default("github"),
    owner: name,
    repo: name,
    defaultBranch: z.string().min(1).max(200),
    ticketingProvider: z.enum(["linear", "jira", "folder"]),
    ticketingConfig: ticketingConfigSchema,
    workflowFile: z.string().max(200).default("claude-implement.yml"),
    planningEnabled: z.boolean().default(true),
    planningWorkflowFile: z.string().max(200).default("claude-plan.yml"),
    autoApprovePlans: z.boolean().default(true),
    maxInProgressAiIssues: z.int().min(1).max(1000).default(3),
    executionMode: z.enum(["github-actions", "fly-machines", "docker", "process"]),
    sessionMode: z
      .enum(["autonomous", "interactive", "hybrid"])
      .default("autonomous")
      .refine(
        (mode) => mode === "autonomous",
        "only autonomous: the agent cannot ask questions yet, so interactive and hybrid would wait for ever",
      ),
    machineCpus: z.int().min(1).max(64).default(2),
    machineMemoryMb: z.int().min(256).max(262_144).default(4096),
    extraEnv: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().max(32_768)).default({}),
    provider: z.enum(["anthropic", "bedrock"]).default("anthropic"),
    awsRegion: z.string().max(64).optional(),
    paused: z.boolean().default(false),
    maxTurns: z.int().min(1).max(1000).default(50),
    /** Default 3, or 2 on bedrock. */
    maxIterations: z.int().min(1).max(10).optional(),
    maxJobMinutes: z.number().min(1).max(360).default(90),
    branchPrefix: branchPrefix.optional(),
    maxOpenPullRequests: z.int().min(1).max(1000).optional(),
    budget: z
      .strictObject({
        perRunUsd: dollars.optional(),
        perDayUsd: dollars.optional(),
        perMonthUsd: dollars.optional(),
      })
      .default({}),
    protectedPaths: z.array(z.string().min(1).max(500)).max(200).default([]),
  })
  .superRefine((mapping, context) => {
    const complain = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (mapping.ticketingConfig.kind !== mapping.ticketingProvider)
      complain("ticketingConfig", `its kind must be the ticketingProvider, "${mapping.ticketingProvider}"`);
    if (mapping.provider === "bedrock" && mapping.awsRegion === undefined)
      complain("awsRegion", "required when provider is bedrock");
    if (mapping.provider === "bedrock" && mapping.executionMode !== "github-actions")
      complain("executionMode", "bedrock runs only on github-actions");
  });
export type Mapping = z.infer<typeof mappingSchema>;

/** An edit: a field that is left out keeps its value, `null` takes an optional one away. */
export const mappingPatchSchema = z.record(z.string(), z.unknown());
