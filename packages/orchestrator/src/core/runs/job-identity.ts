import { repositorySlug } from "../project.ts";
import type { Run } from "../run.ts";

/** What the issuer says of a job that runs on the code host's own machines (§8.4). */
export interface JobIdentity {
  /** `owner/name`. */
  readonly repository: string;
  /** File name of the workflow and the ref that it was taken from: `claude-implement.yml`, `refs/heads/main`. */
  readonly workflowFile: string;
  readonly ref: string;
  /** The workflow run: the executor's own name for the attempt. */
  readonly workflowRunId: string;
  readonly event: string;
}

/**
 * Is this job the one that was dispatched for the run? Whoever may push a branch could run another workflow, or another
 * version of ours, so the file has to be the project's own on the default branch.
 */
export const isJobOf = (run: Run, identity: JobIdentity): boolean =>
  run.executor === "github-actions" &&
  sameName(identity.repository, repositorySlug(run.repository)) &&
  identity.workflowFile === run.settings.workflowFile &&
  identity.ref === `refs/heads/${run.repository.defaultBranch}` &&
  identity.event === "workflow_dispatch" &&
  (run.resource === undefined || run.resource.id === identity.workflowRunId);

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
