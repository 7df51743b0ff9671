import { z } from "zod";

/** What is read of GitHub's answers, and no more. */

/** Numbers on the wire, text to us: nothing is reckoned with them. */
const id = z.int().min(1).transform(String);

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const webAddress = z.url({ protocol: /^https?$/ }).max(1_000);

export const dispatchedSchema = z.object({ workflow_run_id: id, html_url: webAddress });

export const workflowRunSchema = z.object({
  id,
  /** The workflow's `run-name`, filled in; else whatever named the event: a commit's subject, a branch. */
  display_title: z.string(),
  event: z.string(),
  /** `.github/workflows/claude-plan.yml`, on some servers with `@` and the ref behind it. */
  path: z.string(),
  head_branch: z.string().nullable(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  created_at: instant,
  html_url: webAddress,
});
export type WorkflowRun = z.infer<typeof workflowRunSchema>;

export const runsPageSchema = z.object({ workflow_runs: z.array(workflowRunSchema) });

export const artifactsSchema = z.object({
  artifacts: z.array(
    z.object({ id, name: z.string(), size_in_bytes: z.number().min(0), expired: z.boolean() }),
  ),
});
export type Artifact = z.infer<typeof artifactsSchema>["artifacts"][number];
