import { join } from "node:path";
import {
  type ResultRequest,
  type RunnerFailureReason,
  resultRequestSchema,
  type StepReport,
} from "@ai-implement/contracts";
import { createActivityLog } from "./activity-log.ts";
import { equip } from "./agent/equip.ts";
import type { ModelEnvironment } from "./agent/model-environment.ts";
import { openAwsSessionsFor } from "./agent/open-aws-sessions.ts";
import { attemptFolders } from "./attempt-folder.ts";
import type { RunnerDependencies } from "./dependencies.ts";
import type { RepositoryAccess } from "./git/repository-access.ts";
import { pipelines } from "./pipeline/pipelines.ts";
import { type JobEnd, runJob } from "./run-job.ts";
import type { Secrets } from "./secrets.ts";
import { stepLine } from "./step-line.ts";
import { clip } from "./text/clip.ts";
import type { Work } from "./work.ts";

/** `summary`: the steps. `stream`: what the agent does as well. */
export type LogLevel = "summary" | "stream";

export interface Attempt {
  readonly work: Work;
  readonly attemptDirectory: string;
  readonly environment: ModelEnvironment;
  readonly access: RepositoryAccess;
  readonly secrets: Secrets;
  readonly logLevel: LogLevel;
  readonly onStep: (step: StepReport) => void;
  readonly onActivity: (line: string) => void;
}

/** A result but for whose it is. */
export type AttemptEnd = Omit<ResultRequest, "instance">;

/** One attempt in its own folder, from the clone to the report. Never rejects: what goes wrong is the report. */
export const runAttempt = async (attempt: Attempt, dependencies: RunnerDependencies): Promise<AttemptEnd> => {
  const { work, secrets } = attempt;
  const { log, stop } = dependencies;
  try {
    const open = openAwsSessionsFor({ runId: work.runId, secrets, signal: stop.signal });
    const equipment = equip(work.agent, attempt.environment, open);
    if (equipment.kind === "missing") {
      log(equipment.message);
      return failedEnd("unauthorised", equipment.message);
    }
    return withinCaps(await runEquipped(attempt, equipment.agent, dependencies));
  } catch (error) {
    // The attempt is ours: from here on silence would only be a slower and dearer way to fail.
    const message = secrets.redact(
      `The runner itself failed: ${error instanceof Error ? error.message : String(error)}`,
    );
    log(message);
    return failedEnd("unexpected", message);
  }
};

const runEquipped = async (
  { work, attemptDirectory, access, secrets, logLevel, onStep, onActivity }: Attempt,
  settings: Parameters<RunnerDependencies["createAgent"]>[0],
  { createAgent, path, stop, log }: RunnerDependencies,
): Promise<JobEnd> => {
  const folders = await attemptFolders(attemptDirectory);
  const activityLog = createActivityLog(join(attemptDirectory, "activity.log"), () => new Date(), log);
  const { home, workspace } = folders;
  return runJob({
    job: work,
    pipeline: pipelines[work.phase],
    folders,
    agent: createAgent(settings, { home, workspace, searchPath: path }),
    access,
    path,
    stop,
    redact: secrets.redact,
    onStep: (step) => {
      log(stepLine(step));
      onStep(step);
    },
    onActivity: (line) => {
      activityLog.write(line);
      if (logLevel === "stream") log(`  ${line}`);
      onActivity(line);
    },
  });
};

const maxMessage = 5_000;

/** Nothing was done, or nobody knows how far it came. */
export const failedEnd = (reason: RunnerFailureReason, message: string): AttemptEnd => ({
  report: {
    outcome: "failed",
    reason,
    message: clip(message, maxMessage),
    usage: null,
    agent: "none",
  },
  steps: [],
});

/** @throws ZodError when what we made is not what the wire takes: a mistake of ours */
const withinCaps = ({ report, steps }: JobEnd): AttemptEnd => {
  const end = { report, steps: [...steps] };
  resultRequestSchema.omit({ instance: true }).parse(end);
  return end;
};
