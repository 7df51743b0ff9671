import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Job, type ResultRequest, resultRequestSchema } from "@ai-implement/contracts";
import { createActivityLog } from "./activity-log.ts";
import { attemptFolders, takeAttempt, writeReport } from "./attempt-folder.ts";
import type { RunnerDependencies } from "./dependencies.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { pipelines } from "./pipeline/pipelines.ts";
import {
  createOrchestratorClient,
  type OrchestratorClient,
  type Patience,
} from "./reporter/orchestrator-client.ts";
import {
  createProgressReporter,
  type ProgressTimings,
  progressTimings,
} from "./reporter/progress-reporter.ts";
import { type JobEnd, runJob } from "./run-job.ts";
import { secretsOf } from "./secrets.ts";
import { createRedactor, type Redact } from "./text/redact.ts";

export interface ClaimSettings {
  readonly runId: string;
  readonly orchestratorUrl: string;
  readonly claimToken: string;
  /** A folder of this attempt alone, made by the executor. */
  readonly attemptDirectory: string;
}

export interface ClaimTimings {
  readonly claim: Patience;
  readonly result: Patience;
  readonly progress: ProgressTimings;
  /** Whoever sent a signal will not wait for long. */
  readonly resultAfterSignal: Patience;
  /** Of one request, in ms. */
  readonly requestTimeout: number;
}

export const claimTimings: ClaimTimings = {
  claim: { firstDelay: 500, maxDelay: 15_000, inAll: 2 * 60_000 },
  result: { firstDelay: 500, maxDelay: 30_000, inAll: 10 * 60_000 },
  progress: progressTimings,
  resultAfterSignal: { firstDelay: 200, maxDelay: 2_000, inAll: 8_000 },
  requestTimeout: 15_000,
};

/** One attempt: claim it, do it, report it (§8.1, §10). */
export const runClaimMode = async (
  settings: ClaimSettings,
  dependencies: RunnerDependencies,
  timings: ClaimTimings = claimTimings,
): Promise<ExitCode> => {
  const { runId, attemptDirectory, claimToken, orchestratorUrl } = settings;
  const { log } = dependencies;
  const instance = randomUUID();
  const record = { pid: process.pid, startedAt: new Date().toISOString(), instance };
  if (!(await takeAttempt(attemptDirectory, record))) {
    log(`another runner of attempt ${runId} is or was in ${attemptDirectory}: nothing to do`);
    return exitCodes.claimRefused;
  }
  const client = createOrchestratorClient({
    url: orchestratorUrl,
    timeoutMs: timings.requestTimeout,
  });
  const claim = await client.claim(
    claimToken,
    { runId, instance },
    { ...timings.claim, signal: dependencies.stop.signal },
  );
  switch (claim.kind) {
    case "refused":
      log(
        `the claim of attempt ${runId} was refused by ${orchestratorUrl} (${claim.message}): nothing was spent`,
      );
      return exitCodes.claimRefused;
    case "unreachable":
      log(`attempt ${runId} could not be claimed at ${orchestratorUrl}: ${claim.message}`);
      return exitCodes.unreachable;
    case "granted": {
      const redact = createRedactor([claimToken, ...secretsOf(claim.job)]);
      const quiet = { ...dependencies, log: (line: string) => log(redact(line)) };
      return work({ job: claim.job, instance, client, redact, attemptDirectory, timings }, quiet);
    }
  }
};

interface Attempt {
  readonly job: Job;
  readonly instance: string;
  readonly client: OrchestratorClient;
  readonly redact: Redact;
  readonly attemptDirectory: string;
  readonly timings: ClaimTimings;
}

const work = async (attempt: Attempt, dependencies: RunnerDependencies): Promise<ExitCode> => {
  const { job, instance, client, attemptDirectory } = attempt;
  const { stop, log } = dependencies;
  const progress = createProgressReporter({
    timings: attempt.timings.progress,
    send: (update) => client.progress(job.runToken, { instance, ...update }),
    onStop: (message) => {
      log(`the orchestrator says stop: ${message}`);
      stop.stop({ kind: "closed" });
    },
    log,
  });
  const end = await runAttempt(attempt, dependencies, progress);
  await progress.close();
  if (stop.cause()?.kind === "closed") return exitCodes.done;
  const result: ResultRequest = { instance, report: end.report, steps: [...end.steps] };
  await keepReport(attemptDirectory, result, log);
  return deliver(attempt, result, dependencies);
};

const runAttempt = async (
  { job, redact, attemptDirectory }: Attempt,
  { createAgent, path, stop, log }: RunnerDependencies,
  progress: ReturnType<typeof createProgressReporter>,
): Promise<Pick<JobEnd, "report" | "steps">> => {
  try {
    const folders = await attemptFolders(attemptDirectory);
    const activityLog = createActivityLog(join(attemptDirectory, "activity.log"), () => new Date(), log);
    const { home, workspace } = folders;
    return withinCaps(
      await runJob({
        job,
        pipeline: pipelines[job.phase],
        folders,
        agent: createAgent(job.agent, { home, workspace, searchPath: path }),
        path,
        stop,
        redact,
        onStep: progress.stepChanged,
        onActivity: (line) => {
          activityLog.write(line);
          progress.activity(line);
        },
      }),
    );
  } catch (error) {
    // The run is claimed: from here on silence would only be a slower and dearer way to fail.
    const message = redact(
      `The runner itself failed: ${error instanceof Error ? error.message : String(error)}`,
    );
    log(message);
    return failedReport(message);
  }
};

const failedReport = (message: string): Pick<JobEnd, "report" | "steps"> => ({
  report: {
    outcome: "failed",
    reason: "unexpected",
    message: message.slice(0, 5_000),
    usage: null,
    agent: "none",
  },
  steps: [],
});

/** @throws ZodError when what we made is not what the wire takes: a mistake of ours */
const withinCaps = ({ report, steps }: JobEnd): Pick<JobEnd, "report" | "steps"> => {
  resultRequestSchema.omit({ instance: true }).parse({ report, steps });
  return { report, steps };
};

/** Before it is sent: should this process end now, it is still found (§8.4). */
const keepReport = async (
  folder: string,
  result: ResultRequest,
  log: (line: string) => void,
): Promise<void> => {
  try {
    await writeReport(folder, result);
  } catch (error) {
    // A full disk must not keep a report back that can still be delivered.
    log(
      `report.json could not be kept in ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

const deliver = async (
  { job, client, attemptDirectory, timings }: Attempt,
  result: ResultRequest,
  { stop, log }: RunnerDependencies,
): Promise<ExitCode> => {
  const patience = stop.cause()?.kind === "signal" ? timings.resultAfterSignal : timings.result;
  const answer = await client.result(job.runToken, result, patience);
  switch (answer.kind) {
    case "delivered":
      log(`reported: ${result.report.outcome}`);
      return exitCodes.done;
    case "closed":
      log("the attempt had ended already: the report is recorded and changes nothing");
      return exitCodes.done;
    case "refused":
    case "unreachable":
      log(
        `the report could not be delivered (${answer.message}): it stays in ${attemptDirectory}/report.json`,
      );
      return exitCodes.unreachable;
  }
};
