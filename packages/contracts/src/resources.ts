import { z } from "zod";
import { phaseSchema } from "./job.ts";
import { mappingSchema } from "./mapping.ts";
import { stepReportSchema } from "./runner.ts";
import { line, short } from "./text.ts";
import { usageSchema } from "./usage.ts";

/** `error` is a sentence under `/api` and a stable slug under `/runner` (§13). */
export const errorSchema = z.object({
  error: z.string(),
  /** What is wrong with the request, by field: `budget.perDayUsd`. */
  problems: z.array(z.object({ field: z.string(), problem: z.string() })).optional(),
  /** With a 5xx: what to look for in the log. */
  requestId: z.string().optional(),
});
export type ErrorAnswer = z.infer<typeof errorSchema>;

/** Files that a person agrees to be changed for a ticket: those that its last run has named (§11.4). */
export const fileApprovalSchema = z.object({ paths: z.array(line.min(1)).min(1).max(200) });

export const doneSchema = z.object({ ok: z.literal(true) });

export const signInSchema = z.object({ code: z.string().min(1).max(1_000) });

/** A bearer of the admin API and when it ends. */
export const sessionSchema = z.object({ token: z.string(), expiresAt: z.string() });

/** A project with the version that an edit may name in `If-Match`. */
export const versionedMappingSchema = mappingSchema.safeExtend({ version: z.int().min(0) });
export type VersionedMapping = z.infer<typeof versionedMappingSchema>;

export const healthSchema = z.object({
  status: z.enum(["ok", "degraded"]),
  version: z.string(),
  uptimeSeconds: z.number(),
  lastPollAt: z.string().nullable(),
  failingTrackers: z.array(z.object({ tracker: z.string(), since: z.string(), error: z.string() })),
});

/** A page of a list. `nextCursor` is null on the last one; cursors are opaque. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const pageQuerySchema = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Run states as the API shows them (§5.3): queued and dispatching are "dispatched", succeeded is "completed". */
export const runStatusSchema = z.enum([
  "dispatched",
  "running",
  "completed",
  "review_failed",
  "failed",
  "timed_out",
  "cancelled",
]);

export type RunStatus = z.infer<typeof runStatusSchema>;

export const logQuerySchema = pageQuerySchema.extend({
  teamKey: short.regex(/^\P{Cc}*$/u, "may not contain control characters").optional(),
  phase: phaseSchema.optional(),
  status: runStatusSchema.optional(),
});

export const logEntrySchema = z.object({
  id: z.string(),
  teamKey: z.string(),
  ticket: z.object({ id: z.string(), identifier: z.string(), title: z.string(), url: z.string() }),
  phase: phaseSchema,
  attempt: z.number(),
  executor: z.string(),
  /** Where people watch it, for an executor with pages of its own. */
  executorUrl: z.string().nullable(),
  status: runStatusSchema,
  admittedAt: z.string(),
  claimedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  pullRequest: z.object({ number: z.number(), url: z.string() }).nullable(),
  failure: z.object({ reason: z.string(), message: z.string() }).nullable(),
  agent: z.string().nullable(),
  usage: usageSchema.nullable(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

export const jobStepsSchema = z.object({
  id: z.string(),
  status: runStatusSchema,
  activity: z.string().nullable(),
  steps: z.array(stepReportSchema),
  history: z.array(z.object({ at: z.string(), event: z.string(), cause: z.string(), applied: z.boolean() })),
});
export type JobSteps = z.infer<typeof jobStepsSchema>;

export const decisionSchema = z.object({
  kind: z.enum(["dispatch", "skip"]),
  /** `dispatch`, or the reason of the skip. */
  reason: z.string(),
  /** The same decision in a sentence. */
  explanation: z.string(),
});

export const issueSchema = z.object({
  id: z.string(),
  identifier: z.string(),
  title: z.string(),
  url: z.string(),
  teamKey: z.string(),
  stage: z.string(),
  priority: z.number(),
  decision: decisionSchema.nullable(),
});
export type Issue = z.infer<typeof issueSchema>;

export const ticketProblemSchema = z.object({ source: z.string(), problem: z.string(), fix: z.string() });

/** `problems` names what a tracker could not read as a ticket; it is the same on every page. */
export const issuesPageSchema = pageOf(issueSchema).extend({ problems: z.array(ticketProblemSchema) });

export const blockerSchema = issueSchema.extend({
  decision: decisionSchema,
  /** What clears it, in the API's own terms; null when only time or somebody else's work does. */
  action: z.string().nullable(),
});
export type IssueBlocker = z.infer<typeof blockerSchema>;

const pullStateSchema = z.enum(["open", "merged", "closed"]);

export const pullsQuerySchema = pageQuerySchema.extend({ state: pullStateSchema.optional() });

export const pullSchema = z.object({
  teamKey: z.string(),
  repository: z.string(),
  number: z.number(),
  url: z.string(),
  title: z.string(),
  branch: z.string(),
  state: pullStateSchema,
  draft: z.boolean(),
  /** The ticket's id, as in `/api/issues`. */
  ticket: z.string(),
  updatedAt: z.string(),
});
export type Pull = z.infer<typeof pullSchema>;

export const mergedSchema = z.object({ merged: z.literal(true), commit: z.string() });

/** `not_here`: another host keeps the pull request, and people merge there. */
export const mergeRefusedSchema = errorSchema.extend({
  reason: z.enum(["conflict", "not_here"]),
  /** Where the conflict is. */
  files: z.array(z.string()),
});

export const leaseSchema = z.object({
  ticketId: z.string(),
  identifier: z.string(),
  phase: phaseSchema,
  runId: z.string(),
  until: z.string(),
});
export type DedupLease = z.infer<typeof leaseSchema>;
