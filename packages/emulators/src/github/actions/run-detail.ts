import { randomBytes } from "node:crypto";
import type { WorkflowHeader } from "../../actions/workflow/workflow-header.ts";
import type { GithubWorkflowRun } from "../model.ts";
import type { CommitFacts } from "../pulls/commits.ts";
import type { CataloguedWorkflow } from "./catalogue.ts";

/** What the emulator knows of a run beside what the store says. */
export interface RunDetail {
  readonly run: GithubWorkflowRun;
  readonly workflow: CataloguedWorkflow;
  readonly header: WorkflowHeader;
  readonly commit: CommitFacts;
  /** Counts the runs of the workflow, from 1. */
  readonly number: number;
  /** By the job's name in the file. */
  readonly jobIds: ReadonlyMap<string, number>;
  /** One running and one pending run have the same; null: none. */
  readonly group: string | null;
  /** Waits for the run that its group has now. */
  pending: boolean;
  /** Somebody executes it: it ends when that has ended. */
  executing: boolean;
  startedAt: number | null;
  readonly cancelled: AbortController;
  /** `GITHUB_TOKEN`; a job's is this, a dot, and the job's name in the file. */
  readonly token: string;
  /** `ACTIONS_ID_TOKEN_REQUEST_TOKEN`, in the same way. */
  readonly identityToken: string;
}

/** `ghs_…`, as every token of a server is called. */
export const newRunToken = (): string => `ghs_job_${randomBytes(24).toString("base64url")}`;

/** A token as a job shows it. */
export const splitJobToken = (shown: string): { readonly token: string; readonly jobId: string } | null => {
  const [, token = "", jobId = ""] = /^(ghs_job_[\w-]+)\.([\w-]+)$/.exec(shown) ?? [];
  return token === "" ? null : { token, jobId };
};
