import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WorkflowJobRequest } from "../../github/api.ts";
import { type ExecuteWorkflowOptions, executeWorkflow } from "../execute-workflow.ts";
import type { JobResult } from "../run-job.ts";

export interface FinishedRun {
  readonly conclusion: "success" | "failure" | "cancelled";
  readonly log: readonly string[];
  readonly jobs: Readonly<Record<string, JobResult>>;
  readonly artifacts: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>;
  /** What the run left behind in its directory. */
  readonly left: readonly string[];
}

/** What GitHub would say of a dispatched run of `acme/tally`. */
export const workflowRequest = (
  source: string,
  change: Partial<WorkflowJobRequest> = {},
): WorkflowJobRequest => ({
  runId: 7,
  repository: { owner: "acme", name: "tally" },
  workflow: "work.yml",
  source,
  ref: "refs/heads/main",
  event: { name: "workflow_dispatch", payload: { inputs: change.inputs ?? {} } },
  inputs: {},
  secrets: {},
  variables: {},
  environment: {
    GITHUB_TOKEN: "ghs_job_run",
    GITHUB_SERVER_URL: "http://127.0.0.1:1",
    GITHUB_SHA: "0".repeat(40),
    GITHUB_ACTOR: "octocat",
    ACTIONS_ID_TOKEN_REQUEST_URL: "http://127.0.0.1:1/oidc/token/7?api-version=2.0",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "ghs_job_identity",
  },
  cancelled: new AbortController().signal,
  uploadArtifact: () => undefined,
  apiUrl: "http://127.0.0.1:1/api/v3",
  ...change,
});

/** Runs a workflow to its end, in a folder that is removed. */
export const runWorkflow = async (
  source: string,
  change: Partial<WorkflowJobRequest> = {},
  options: Partial<ExecuteWorkflowOptions> = {},
): Promise<FinishedRun> => {
  const directory = await mkdtemp(join(tmpdir(), "workflow-"));
  const log: string[] = [];
  const jobs: Record<string, JobResult> = {};
  const artifacts: Record<string, Readonly<Record<string, Uint8Array>>> = {};
  try {
    const execution = executeWorkflow({
      directory,
      path: "/usr/local/bin:/usr/bin:/bin",
      actions: new Map(),
      onJob: (job) => {
        jobs[job.id] = job;
      },
      ...options,
      onLog: (line) => {
        log.push(line);
        options.onLog?.(line);
      },
    });
    const uploadArtifact: WorkflowJobRequest["uploadArtifact"] = (name, files) => {
      artifacts[name] = files;
    };
    const conclusion = await execution(workflowRequest(source, { uploadArtifact, ...change }));
    return { conclusion, log, jobs, artifacts, left: await readdir(directory) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** A workflow of one job with these steps, each a line of YAML's flow style. */
export const jobOf = (steps: string, more = ""): string => `
on: workflow_dispatch
jobs:
  work:
    runs-on: ubuntu-latest
${more}
    steps:
${steps}
`;
