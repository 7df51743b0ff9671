import { z } from "zod";
import { short } from "./text.ts";

/** `POST /trigger/gap-fill` (§12). */
export const gapFillRequestSchema = z.object({
  /** The ticket as people call it: `ACME-12`. */
  issueKey: short.min(1),
  prNumber: z.int().min(1),
});
export type GapFillRequest = z.infer<typeof gapFillRequestSchema>;

export const gapFillAnswerSchema = z.object({
  ok: z.literal(true),
  /** False: there is nothing to do, or it is under way; `reason` says which. */
  dispatched: z.boolean(),
  reason: z.string().optional(),
});
export type GapFillAnswer = z.infer<typeof gapFillAnswerSchema>;

/** How a file that we keep in a target repository stands to our own copy (§12). */
export const templateStateSchema = z.enum([
  "current",
  /** An older copy of ours, unchanged by hand. */
  "stale",
  /** Changed by hand: a sync would take the change back, and says so. */
  "edited",
  "missing",
  /** It is ours, under another name. */
  "renamed",
  /** Seeded once, and theirs since. */
  "seeded",
]);
export type TemplateState = z.infer<typeof templateStateSchema>;

export const templateFileSchema = z.object({
  /** Path in the target repository. */
  path: z.string(),
  state: templateStateSchema,
  /** With `renamed`: where it is now. */
  foundAt: z.string().optional(),
});
export type TemplateFile = z.infer<typeof templateFileSchema>;

export const syncAnswerSchema = z.object({
  outcome: z.enum(["up-to-date", "proposed", "updated"]),
  /** The pull request that carries the change; null when everything is up to date. */
  pullRequest: z.object({ number: z.number(), url: z.string() }).nullable(),
  files: z.array(templateFileSchema),
});
export type SyncAnswer = z.infer<typeof syncAnswerSchema>;

/** What was read from the default branch of a project's repository, as people should know of it. */
export const repositoryStatusSchema = z.object({
  teamKey: z.string(),
  repository: z.string(),
  checkedAt: z.string(),
  /** Null: it could not be read; `error` says why. */
  files: z.array(templateFileSchema).nullable(),
  /** `.ai-implement/image.yml`; null where there is none, or it is not used. */
  image: z.string().nullable(),
  problems: z.array(z.object({ file: z.string(), problem: z.string(), fix: z.string() })),
  error: z.string().nullable(),
});
export type RepositoryStatus = z.infer<typeof repositoryStatusSchema>;

/** A pull request as its code host sees it now. */
export const pullStandingSchema = z.object({
  /** Null: the code host is still finding out. */
  mergeable: z.boolean().nullable(),
  checks: z.enum(["none", "pending", "passing", "failing"]),
  approvals: z.number(),
  changesRequested: z.number(),
});
export type PullStanding = z.infer<typeof pullStandingSchema>;
