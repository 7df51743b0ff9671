import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scope } from "./expression/evaluate.ts";
import { holds, interpolateAll, interpolateText } from "./expression/template.ts";
import type { ValueObject } from "./expression/value.ts";
import { jobEnvironment, jobToken } from "./job-environment.ts";
import { type JobState, jobDirectories, stepScope, type WorkflowRun } from "./job-state.ts";
import { actionOf, minutesOf, runStep } from "./run-step.ts";
import { createMasker } from "./steps/masker.ts";
import { killGroup } from "./steps/run-script.ts";
import type { JobFile } from "./workflow/workflow-file.ts";

/** How a job ended. */
export interface JobResult {
  readonly id: string;
  readonly name: string;
  readonly result: "success" | "failure" | "cancelled" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
  readonly runsOn: readonly string[];
  /** The container image that it named; null: none. */
  readonly image: string | null;
}

/**
 * Runs one job to its end; what goes wrong in it is its failure, and the log says why.
 * @param needed the results of all jobs that it depends on, directly or not
 */
export const runJob = async (
  run: WorkflowRun,
  job: JobFile,
  needed: ReadonlyMap<string, JobResult>,
): Promise<JobResult> => {
  const { github, inputs, vars } = run.contexts;
  const needs: ValueObject = Object.fromEntries(
    job.needs.map((id) => [
      id,
      { result: needed.get(id)?.result ?? "", outputs: needed.get(id)?.outputs ?? {} },
    ]),
  );
  const visible = { github, inputs, vars, needs };
  const none = { id: job.id, name: job.name, outputs: {}, runsOn: job.runsOn, image: null };
  try {
    const results = [...needed.values()].map(({ result }) => result);
    const cancelled = run.request.cancelled.aborted;
    const status = {
      success: !cancelled && results.every((result) => result === "success"),
      failure: !cancelled && results.includes("failure"),
      cancelled,
    };
    if (!holds(job.condition, { contexts: visible, status }))
      return { ...none, result: cancelled ? "cancelled" : "skipped" };
    const ended = await runSteps(run, job, { contexts: visible, status: null });
    return { ...none, ...ended };
  } catch (error) {
    run.machine.log(`##[error]${job.id}: ${error instanceof Error ? error.message : String(error)}`);
    return { ...none, result: "failure" };
  }
};

type Ended = Pick<JobResult, "name" | "result" | "outputs" | "runsOn" | "image">;

const runSteps = async (run: WorkflowRun, job: JobFile, scope: Scope): Promise<Ended> => {
  const unknown = job.steps.flatMap(({ does }) =>
    does.kind === "uses" && actionOf(run.machine.actions, does.action) === null ? [does.action] : [],
  );
  if (unknown.length > 0) throw new Error(`These actions are not emulated: ${unknown.join(", ")}`);
  const name = interpolateText(job.name, scope);
  const runsOn = job.runsOn.map((label) => interpolateText(label, scope));
  const timeout = AbortSignal.timeout(minutesOf(interpolateText(job.timeoutMinutes, scope)) * 60_000);
  const forgiven = interpolateText(job.continueOnError, scope) === "true";
  const state = await prepare(run, job, scope, AbortSignal.any([run.request.cancelled, timeout]));
  try {
    for (const [index, step] of job.steps.entries()) {
      const result = await runStep(state, step, index + 1);
      state.failed ||= result.conclusion === "failure";
      if (step.id !== null) state.results.set(step.id, result);
    }
    if (timeout.aborted)
      state.log(`##[error]The job has exceeded the maximum execution time of ${job.timeoutMinutes} minutes.`);
    const outputs = outputsOf(state);
    const result = state.stop.aborted ? "cancelled" : state.failed && !forgiven ? "failure" : "success";
    return { name, result, outputs, runsOn, image: state.image };
  } finally {
    for (const work of state.atEnd.reverse()) await afterwards(state, work);
    for (const group of state.processGroups) killGroup(group, "SIGKILL");
  }
};

/** What an action does afterwards may fail; the job has ended all the same. */
const afterwards = async (state: JobState, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    state.log(`##[warning]${error instanceof Error ? error.message : String(error)}`);
  }
};

const prepare = async (
  run: WorkflowRun,
  job: JobFile,
  scope: Scope,
  stop: AbortSignal,
): Promise<JobState> => {
  const { request } = run;
  const token = jobToken(request, job);
  const masker = createMasker([...Object.values(request.secrets), token]);
  const directories = jobDirectories(run.directory, job.id);
  for (const folder of Object.values(directories) as readonly string[])
    await mkdir(folder, { recursive: true });
  const eventPath = join(directories.files, "event.json");
  await writeFile(eventPath, JSON.stringify(request.event.payload ?? {}));
  const reserved = jobEnvironment(run, job, { directories, eventPath });
  masker.add(reserved["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "");
  const contexts: ValueObject = {
    ...scope.contexts,
    github: {
      ...run.contexts.github,
      token,
      job: job.id,
      workspace: directories.workspace,
      event_path: eventPath,
    },
    secrets: { ...request.secrets, GITHUB_TOKEN: token },
    matrix: {},
  };
  const image = job.container === null ? "" : interpolateText(job.container.image, scope);
  const environmentScope: Scope = { contexts, status: null };
  const workflowEnvironment = interpolateAll(run.environment, environmentScope);
  return {
    run,
    job,
    masker,
    log: (line) => run.machine.log(masker.mask(line)),
    image: image === "" ? null : image,
    token,
    contexts,
    environment: {
      ...workflowEnvironment,
      ...interpolateAll(job.container?.environment ?? {}, environmentScope),
      ...interpolateAll(job.environment, environmentScope),
    },
    reserved,
    directories,
    stop,
    grace: graceAfter(stop, run.machine.graceMs),
    exported: new Map(),
    addedPath: [],
    results: new Map(),
    processGroups: [],
    atEnd: [],
    failed: false,
  };
};

const graceAfter = (stop: AbortSignal, ms: number): AbortSignal => {
  const over = new AbortController();
  const begin = (): void => {
    setTimeout(() => over.abort(), ms).unref();
  };
  if (stop.aborted) begin();
  else stop.addEventListener("abort", begin, { once: true });
  return over.signal;
};

/** GitHub lets no output of a job out that holds a secret. */
const outputsOf = (state: JobState): Readonly<Record<string, string>> => {
  const scope = stepScope(state, { ...state.environment, ...Object.fromEntries(state.exported) });
  const outputs = Object.entries(interpolateAll(state.job.outputs, scope)).filter(([name, value]) => {
    if (state.masker.mask(value) === value) return true;
    state.log(`##[warning]Skip output '${name}' since it may contain secret.`);
    return false;
  });
  return Object.fromEntries(outputs);
};
