import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { WorkflowExecution, WorkflowJobRequest } from "../github/api.ts";
import type { ActionEmulation } from "./action-emulation.ts";
import type { WorkflowRun } from "./job-state.ts";
import { type JobResult, runJob } from "./run-job.ts";
import { createMasker } from "./steps/masker.ts";
import { runContexts } from "./workflow/contexts.ts";
import { type JobFile, readWorkflowFile, type WorkflowFile } from "./workflow/workflow-file.ts";
import { readWorkflowHeader } from "./workflow/workflow-header.ts";

export interface ExecuteWorkflowOptions {
  /** Each run gets a folder of its own in it, which is removed when the run is over. */
  readonly directory: string;
  /** `PATH` of the steps. */
  readonly path: string;
  /** What the machine, or a job's image, brings: added to the environment of every step. */
  readonly environment?: Readonly<Record<string, string>>;
  /** By `owner/name`, or `owner/name/path`, without the ref. */
  readonly actions: ReadonlyMap<string, ActionEmulation>;
  /** One line of a run's log, secrets masked. */
  readonly onLog?: (line: string) => void;
  /** A job that has ended, skipped ones too. */
  readonly onJob?: (job: JobResult) => void;
  /** How long steps that run in spite of a cancellation may take, in ms. Default 5 min, as GitHub's. */
  readonly graceMs?: number;
}

/**
 * Executes workflows on this machine: `run:` steps for real, in an environment that holds nothing of this process;
 * `uses:` steps through emulations. Matrices, services and reusable workflows fail the run by name.
 */
export const executeWorkflow = (options: ExecuteWorkflowOptions): WorkflowExecution => {
  const { onLog = () => undefined, onJob = () => undefined } = options;
  return async (request) => {
    const masker = createMasker(Object.values(request.secrets));
    const log = (line: string): void => onLog(masker.mask(line));
    await mkdir(options.directory, { recursive: true });
    const directory = await mkdtemp(join(options.directory, `run-${request.runId}-`));
    try {
      const file = readWorkflowFile(request.source);
      const run = startedRun(options, request, file, directory, log);
      const jobs = await runJobs(run, file.jobs, onJob);
      return conclusionOf(jobs);
    } catch (error) {
      log(`##[error]${error instanceof Error ? error.message : String(error)}`);
      return "failure";
    } finally {
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    }
  };
};

const startedRun = (
  { path, environment = {}, actions, graceMs = 5 * 60_000 }: ExecuteWorkflowOptions,
  request: WorkflowJobRequest,
  file: WorkflowFile,
  directory: string,
  log: (line: string) => void,
): WorkflowRun => ({
  machine: { path, environment, actions, log, graceMs },
  request,
  contexts: runContexts(request, readWorkflowHeader(request.source)),
  environment: file.environment,
  directory,
});

/** Each job begins when those that it needs have ended; the others run at the same time. */
const runJobs = async (
  run: WorkflowRun,
  jobs: readonly JobFile[],
  onJob: (job: JobResult) => void,
): Promise<readonly JobResult[]> => {
  const running = new Map<string, Promise<JobResult>>();
  const ancestors = new Map<string, readonly string[]>();
  for (const job of jobs) {
    const all = [...new Set(job.needs.flatMap((id) => [id, ...(ancestors.get(id) ?? [])]))];
    ancestors.set(job.id, all);
    const needed = Promise.all(all.flatMap((id) => running.get(id) ?? []));
    const done = needed
      .then((results) => runJob(run, job, new Map(results.map((result) => [result.id, result]))))
      .then((result) => {
        onJob(result);
        return result;
      });
    running.set(job.id, done);
  }
  return Promise.all(running.values());
};

const conclusionOf = (jobs: readonly JobResult[]): "success" | "failure" | "cancelled" => {
  if (jobs.some(({ result }) => result === "cancelled")) return "cancelled";
  return jobs.some(({ result }) => result === "failure") ? "failure" : "success";
};
