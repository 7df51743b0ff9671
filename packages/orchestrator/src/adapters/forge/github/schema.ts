import { z } from "zod";
import { instant } from "../../shared/github/schema.ts";

/** What is read of GitHub's answers, and no more. */

const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
/** It becomes a link on tickets and on our own pages. */
const webAddress = z.url({ protocol: /^https?$/ }).max(1_000);
const repositoryId = z.object({ id: z.int() });

export const pullSchema = z.object({
  number: z.int().min(1),
  node_id: z.string(),
  html_url: webAddress,
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(["open", "closed"]),
  draft: z.boolean().default(false),
  merged_at: z.string().nullable(),
  updated_at: instant,
  /** Null where the fork was deleted. */
  head: z.object({ ref: z.string(), sha, repo: repositoryId.nullable() }),
  base: z.object({ ref: z.string(), repo: repositoryId }),
  /** Null: GitHub is still finding out. Lists do not tell. */
  mergeable: z.boolean().nullish(),
});
export type Pull = z.infer<typeof pullSchema>;
export const pullsSchema = z.array(pullSchema);

/** Null: the account was deleted. */
const author = z.object({ login: z.string().max(200), type: z.string() }).nullable();

export const commentSchema = z.object({
  id: z.int(),
  user: author,
  body: z.string().default(""),
  html_url: webAddress,
  updated_at: instant,
});
export type Comment = z.infer<typeof commentSchema>;
export const commentsSchema = z.array(commentSchema);

export const reviewCommentSchema = commentSchema.extend({
  path: z.string(),
  /** Null: a later commit took the line away. */
  line: z.int().nullish(),
  original_line: z.int().nullish(),
});
export type ReviewComment = z.infer<typeof reviewCommentSchema>;
export const reviewCommentsSchema = z.array(reviewCommentSchema);

export const reviewSchema = z.object({
  id: z.int(),
  user: author,
  body: z.string().nullable(),
  /** `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`, `PENDING`. */
  state: z.string(),
  html_url: webAddress,
  /** Absent while it is being written. */
  submitted_at: instant.optional(),
});
export type Review = z.infer<typeof reviewSchema>;
export const reviewsSchema = z.array(reviewSchema);

export const permissionSchema = z.object({ permission: z.string() });

export const checkRunsSchema = z.object({
  check_runs: z.array(z.object({ status: z.string(), conclusion: z.string().nullable() })),
});
export type CheckRun = z.infer<typeof checkRunsSchema>["check_runs"][number];

export const combinedStatusSchema = z.object({ state: z.string(), total_count: z.int() });
export type CombinedStatus = z.infer<typeof combinedStatusSchema>;

export const repositorySchema = z.object({
  archived: z.boolean().default(false),
  default_branch: z.string(),
});

export const refSchema = z.object({ object: z.object({ sha }) });
export const treeSchema = z.object({ sha });
export const commitSchema = z.object({ sha, tree: z.object({ sha }) });

const entrySchema = z.object({ type: z.string(), name: z.string() });
export const contentSchema = z.union([
  z.array(entrySchema),
  entrySchema.extend({
    size: z.int(),
    encoding: z.string().optional(),
    content: z.string().optional(),
  }),
]);
