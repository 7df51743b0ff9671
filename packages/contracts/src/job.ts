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
  z.object({ kind: z.literal("scripted"), script: line }),
]);
export type AgentSettings = z.infer<typeof agentSettingsSchema>;

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
});
export type Job = z.infer<typeof jobSchema>;

/** The same for a runner that cannot call back: it travels with the dispatch, so it holds no credential (§8.4). */
export const detachedJobSchema = jobSchema.omit({ runToken: true });
export type DetachedJob = z.infer<typeof detachedJobSchema>;
