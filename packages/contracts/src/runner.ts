import { z } from "zod";
import { runnerFailureReasonSchema } from "./failure.ts";
import { gapAnalysisSchema } from "./gap-analysis.ts";
import { planSchema } from "./job.ts";
import { receiptFactsSchema } from "./receipt.ts";
import { commitId, line, paragraph, runId, short, timestamp } from "./text.ts";
import { usageSchema } from "./usage.ts";

/** What the runner asks for first (§8.1). `instance` makes a repeated claim of the same process the same claim. */
export const claimRequestSchema = z.object({ runId, instance: z.uuid() });
export type ClaimRequest = z.infer<typeof claimRequestSchema>;

/** A fresh credential for the attempt's repository, before the one it has runs out (§11.2). */
export const credentialRequestSchema = z.object({ instance: z.uuid() });
export type CredentialRequest = z.infer<typeof credentialRequestSchema>;

export const stepStatusSchema = z.enum(["running", "succeeded", "failed", "skipped"]);

export const stepReportSchema = z.object({
  /** Position in the pipeline's run, from 0; a repeated step has a new one. */
  index: z.int().min(0).max(500),
  name: short,
  status: stepStatusSchema,
  startedAt: timestamp,
  endedAt: timestamp.optional(),
  /** What it was given to work on, in a few lines. Redacted by the runner. */
  input: paragraph.optional(),
  /** What came of it, as a person would want to know it, in a few lines. Redacted by the runner. */
  detail: paragraph.optional(),
  usage: usageSchema.optional(),
});
export type StepReport = z.infer<typeof stepReportSchema>;

/** A heartbeat as well: sent at least every 30 s (§10). A step is sent again whenever it changes. */
export const progressSchema = z.object({
  instance: z.uuid(),
  steps: z.array(stepReportSchema).max(50),
  /** What the agent does right now, one line. */
  activity: line.optional(),
});
export type Progress = z.infer<typeof progressSchema>;

/** `stop` tells the runner that its attempt is closed: end now, report nothing. */
export const progressAnswerSchema = z.object({ stop: z.boolean() });

export const verificationSchema = z.object({
  command: line,
  exitCode: z.int().nullable(),
  seconds: z.number().min(0),
  output: paragraph,
});
export type Verification = z.infer<typeof verificationSchema>;

export const reviewSchema = z.object({
  approved: z.boolean(),
  iterations: z.int().min(0),
  /** The reviewer's open findings; empty when approved. */
  findings: z.array(paragraph).max(100),
});
export type Review = z.infer<typeof reviewSchema>;

const common = {
  usage: usageSchema.nullable(),
  /** The agent as people should read it: `Claude Code 2.1 · claude-sonnet-4-6`, `scripted agent (rehearsal)`. */
  agent: line,
  /** Absent: the attempt ended before there was anything to vouch for. */
  receipt: receiptFactsSchema.optional(),
};

/** How an attempt ended. The same report again is the same answer; another one for the same attempt is 409 (§10). */
export const runReportSchema = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("planned"), plan: planSchema, ...common }),
  z.object({
    outcome: z.literal("implemented"),
    branch: short,
    headCommit: commitId,
    baseCommit: commitId,
    summary: paragraph,
    filesChanged: z.int().min(0),
    review: reviewSchema,
    verification: verificationSchema.optional(),
    gapAnalysis: gapAnalysisSchema.optional(),
    /** The agent was stopped, and what it had done by then was kept. */
    stopped: z.object({ reason: runnerFailureReasonSchema, message: paragraph }).optional(),
    ...common,
  }),
  z.object({
    outcome: z.literal("failed"),
    reason: runnerFailureReasonSchema,
    message: paragraph,
    /** With `guard`: the files that a person has to agree to before they are published. */
    needsApproval: z.array(line).max(200).optional(),
    ...common,
  }),
]);
export type RunReport = z.infer<typeof runReportSchema>;

export const resultRequestSchema = z.object({
  instance: z.uuid(),
  report: runReportSchema,
  steps: z.array(stepReportSchema).max(500),
});
export type ResultRequest = z.infer<typeof resultRequestSchema>;
