import { z } from "zod";
import { stepReportSchema, usageSchema } from "./runner.ts";

export const errorSchema = z.object({ error: z.string() });

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

export const logEntrySchema = z.object({
  id: z.string(),
  teamKey: z.string(),
  ticket: z.object({ id: z.string(), identifier: z.string(), title: z.string(), url: z.string() }),
  phase: z.enum(["plan", "implement", "revise"]),
  attempt: z.number(),
  executor: z.string(),
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

export const ticketProblemSchema = z.object({ source: z.string(), problem: z.string(), fix: z.string() });

export const blockerSchema = issueSchema.extend({
  decision: decisionSchema,
  /** What clears it, in the API's own terms; null when only time or somebody else's work does. */
  action: z.string().nullable(),
});

export const pullSchema = z.object({
  teamKey: z.string(),
  repository: z.string(),
  number: z.number(),
  url: z.string(),
  title: z.string(),
  branch: z.string(),
  state: z.enum(["open", "merged", "closed"]),
  draft: z.boolean(),
  ticket: z.string(),
  updatedAt: z.string(),
});

export const leaseSchema = z.object({
  ticketId: z.string(),
  identifier: z.string(),
  phase: z.enum(["plan", "implement", "revise"]),
  runId: z.string(),
  until: z.string(),
});
