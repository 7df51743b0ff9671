import { z } from "zod";
import type { JobIdentity } from "../../../core/runs/job-identity.ts";

/**
 * What a job's identity token says beside who signed it (docs.github.com, "OpenID Connect reference"). `workflow_ref` is the
 * file that was started; a workflow that it calls is in `job_workflow_ref`.
 */
const claimsSchema = z.object({
  repository: z.string().max(200),
  workflow_ref: z.string().max(1_000),
  run_id: z.string().regex(/^[1-9]\d{0,18}$/),
  event_name: z.string().min(1).max(100),
});

const slug = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;
/** `acme/tally/.github/workflows/claude-plan.yml@refs/heads/main`; a branch may have an `@` in its name, this path has none. */
const workflowRef = /^([^/@]+\/[^/@]+)\/\.github\/workflows\/([^/@]+\.ya?ml)@(refs\/[^\s\p{Cc}]+)$/u;

/** Null: it is not the identity of a job of a workflow file. Pure. */
export const toJobIdentity = (claims: unknown): JobIdentity | null => {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return null;
  const { repository, workflow_ref, run_id: workflowRunId, event_name: event } = parsed.data;
  const [, owningRepository, workflowFile, ref] = workflowRef.exec(workflow_ref) ?? [];
  if (workflowFile === undefined || ref === undefined || !slug.test(repository)) return null;
  // The file of another repository is not one that this repository's owners reviewed.
  if (owningRepository !== repository) return null;
  return { repository, workflowFile, ref, workflowRunId, event };
};
