import { z } from "zod";
import { gapAnalysisSchema } from "./gap-analysis.ts";
import { document, line, paragraph, runId, short, timestamp } from "./text.ts";

export const phaseSchema = z.enum(["plan", "implement", "revise"]);
export type WirePhase = z.infer<typeof phaseSchema>;

const relativeSchema = z.object({
  identifier: short,
  title: line,
  relation: z.enum(["parent", "sibling", "related"]),
  description: document.optional(),
});

export const planSectionSchema = z.object({
  kind: z.enum(["architecture", "tests", "work-units", "context"]),
  body: paragraph,
});
export type PlanSection = z.infer<typeof planSectionSchema>;

export const planSchema = z.object({ sections: z.array(planSectionSchema).min(1).max(4) });
export type Plan = z.infer<typeof planSchema>;

/** Which agent drives the work. `scripted` is the demo's rehearsal: no model, labelled wherever it shows. */
export const agentSettingsSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("claude-code"),
    /** Absent: anthropic. */
    provider: z.enum(["anthropic", "bedrock"]).optional(),
    /** With bedrock. */
    awsRegion: short.optional(),
    /** The CLI to run; found on PATH when absent. */
    command: line.optional(),
    baseUrl: z.url().optional(),
    apiKey: line.optional(),
    oauthToken: line.optional(),
  }),
  z.object({
    kind: z.literal("codex"),
    /** The CLI to run; found on PATH when absent. */
    command: line.optional(),
    baseUrl: z.url().optional(),
    apiKey: line.optional(),
    /** What it runs with where the repository names none. */
    model: short.optional(),
  }),
  z.object({ kind: z.literal("scripted"), script: line }),
]);
export type AgentSettings = z.infer<typeof agentSettingsSchema>;

const price = z.number().min(0).max(100_000);

/** US dollars for a million tokens of each kind. */
export const priceSchema = z.object({ input: price, output: price, cacheRead: price, cacheWrite: price });
export type Price = z.infer<typeof priceSchema>;

/** By the model's name; a name that ends in `*` stands for all that begin like it, and the longest that fits counts. */
export const priceTableSchema = z.record(short, priceSchema);
export type PriceTable = z.infer<typeof priceTableSchema>;

/** How far the agent and the repository's own programs are locked in (§11.3). */
export const sandboxSettingsSchema = z.object({
  /**
   * `enforced`: no network but through the runner, or the run fails. `allow-list`: the same as far as the machine permits it; the
   * receipt says how far that was. `off`: the network is open.
   */
  egress: z.enum(["enforced", "allow-list", "off"]),
  /** What may be reached beside the model and the usual package registries: `host`, `host:port` or `*.domain`. */
  hosts: z.array(line).max(200),
});
export type SandboxSettings = z.infer<typeof sandboxSettingsSchema>;

/** What needs a person before it is published (§11.4). Globs of paths of the repository. */
export const guardSettingsSchema = z.object({
  protectedPaths: z.array(line).max(200),
  /** Paths, not globs, that a person has agreed to. */
  approvedPaths: z.array(line).max(200),
});
export type GuardSettings = z.infer<typeof guardSettingsSchema>;

/** What an operator changed about the pipelines (§10.1). The source of a step runs in the trusted part of the runner. */
export const customizationSchema = z.object({
  /** The YAML of `custom/pipelines/<phase>.yml`. */
  pipelines: z.partialRecord(phaseSchema, paragraph),
  steps: z
    .array(z.object({ id: short, language: z.enum(["javascript", "typescript"]), source: document }))
    .max(50),
});
export type Customization = z.infer<typeof customizationSchema>;

/** What git proves itself with: for one repository, for at most an hour. */
export const repositoryCredentialSchema = z.object({
  /** Password of HTTP basic authentication; the user name says nothing. */
  token: line,
  expiresAt: timestamp,
  /** `DELETE` with the token as bearer ends it. */
  revokeUrl: z.url().optional(),
});
export type RepositoryCredential = z.infer<typeof repositoryCredentialSchema>;

export const feedbackItemSchema = z.object({
  /** `command`: what followed `/ai-implement`. */
  kind: z.enum(["command", "review", "inline-comment"]),
  author: short,
  body: paragraph,
  path: line.optional(),
  line: z.int().min(0).optional(),
  url: line,
});
export type FeedbackItem = z.infer<typeof feedbackItemSchema>;

/** What a revise run is about: exactly what was said since the last one, and what was known to be missing. */
export const revisionSchema = z.object({
  pullRequest: z.int().min(1),
  feedback: z.array(feedbackItemSchema).max(200),
  gapAnalysis: gapAnalysisSchema.optional(),
});
export type Revision = z.infer<typeof revisionSchema>;

/** The whole of an attempt's work, handed over at the claim and nowhere else. */
export const jobSchema = z.object({
  runId,
  phase: phaseSchema,
  /** Bearer of the progress and the result: bound to this attempt. */
  runToken: line,
  ticket: z.object({
    id: line,
    identifier: short,
    title: line,
    description: document,
    url: line,
    relatives: z.array(relativeSchema).max(100),
  }),
  plan: planSchema.optional(),
  /** In a revise run. */
  revision: revisionSchema.optional(),
  repository: z.object({
    /** Without a credential in it. */
    cloneUrl: line,
    credential: repositoryCredentialSchema.optional(),
    /** `owner/name`. */
    slug: line,
    defaultBranch: short,
    branch: short,
    /** True when the branch already carries an open pull request: build on it instead of starting afresh. */
    continueBranch: z.boolean(),
  }),
  agent: agentSettingsSchema,
  limits: z.object({
    maxTurns: z.int().min(1),
    maxIterations: z.int().min(1),
    maxJobMinutes: z.number().positive(),
    perRunUsd: z.number().positive().optional(),
  }),
  /** The operator's, before the runner's own. */
  prices: priceTableSchema.optional(),
  sandbox: sandboxSettingsSchema.optional(),
  guard: guardSettingsSchema.optional(),
  custom: customizationSchema.optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** The same for a runner that cannot call back: it travels with the dispatch, so it holds no credential (§8.4). */
export const detachedJobSchema = jobSchema.omit({ runToken: true });
export type DetachedJob = z.infer<typeof detachedJobSchema>;
