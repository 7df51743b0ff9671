import { join } from "node:path";
import {
  type ResultRequest,
  type RunnerFailureReason,
  resultRequestSchema,
  type SandboxSettings,
  type StepReport,
} from "@ai-implement/contracts";
import { createActivityLog } from "./activity-log.ts";
import { type EquippedAgent, equip } from "./agent/equip.ts";
import type { ModelEnvironment } from "./agent/model-environment.ts";
import { openAwsSessionsFor } from "./agent/open-aws-sessions.ts";
import { attemptFolders } from "./attempt-folder.ts";
import { mergeCustomizations, noCustomization, readCustomFolder } from "./custom/read-custom-folder.ts";
import type { RunnerDependencies } from "./dependencies.ts";
import type { RepositoryAccess } from "./git/repository-access.ts";
import { openPipeline } from "./pipeline/open-pipeline.ts";
import type { Pipeline } from "./pipeline/pipelines.ts";
import type { Folders } from "./pipeline/step.ts";
import { StepFailure } from "./pipeline/step-failure.ts";
import { type JobEnd, runJob } from "./run-job.ts";
import { openSandbox } from "./sandbox/open-sandbox.ts";
import type { Secrets } from "./secrets.ts";
import { stepLine } from "./step-line.ts";
import { type Surroundings, withinSurroundings } from "./surroundings.ts";
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
  /** Addresses on this machine that are none of the agent's business, such as the orchestrator's. */
  readonly closedUrls: readonly string[];
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
    const pipeline = await pipelineOf(attempt);
    return await runEquipped({ ...attempt, pipeline }, equipment.agent, dependencies);
  } catch (error) {
    if (error instanceof StepFailure) {
      log(secrets.redact(error.message));
      return failedEnd(error.reason, secrets.redact(error.message));
    }
    // The attempt is ours: from here on silence would only be a slower and dearer way to fail.
    const message = secrets.redact(
      `The runner itself failed: ${error instanceof Error ? error.message : String(error)}`,
    );
    log(message);
    return failedEnd("unexpected", message);
  }
};

/** Read before there is a clone: nothing of a target repository is ever a step or a pipeline (§10.1). */
const pipelineOf = async ({ work, environment: { customDirectory } }: Attempt): Promise<Pipeline> => {
  const image = customDirectory === undefined ? noCustomization : await readCustomFolder(customDirectory);
  return openPipeline(work.phase, mergeCustomizations(image, work.custom));
};

interface OpenAttempt extends Attempt {
  readonly pipeline: Pipeline;
}

const runEquipped = async (
  attempt: OpenAttempt,
  equipped: EquippedAgent,
  dependencies: RunnerDependencies,
): Promise<AttemptEnd> => {
  const { work, environment, closedUrls } = attempt;
  const { path, log } = dependencies;
  const opening = await openSandbox({
    runId: work.runId,
    settings: work.sandbox ?? defaultSandbox,
    agentUser: environment.agentUser,
    path,
    programs: programsFor(equipped),
    closedUrls,
    // Even an agent that holds its own credential reaches the model through the runner's proxy.
    openUrls: [],
    log,
  });
  if (opening.kind === "refused") {
    log(opening.message);
    return failedEnd("sandbox", opening.message);
  }
  const { sandbox } = opening;
  try {
    const folders = await attemptFolders(attempt.attemptDirectory, work.runId, sandbox, path);
    const options = { work, equipped, sandbox, folders };
    return withinCaps(
      await withinSurroundings(options, dependencies, (surroundings) =>
        runWithin(attempt, folders, surroundings, dependencies),
      ),
    );
  } finally {
    await sandbox.close();
  }
};

/** Without these no work is done that anybody could check. */
const programsFor = (equipped: EquippedAgent): readonly string[] => {
  const usual = ["bash", "git", "node"];
  switch (equipped.kind) {
    case "claude-code":
      return [...usual, equipped.command ?? "claude"];
    case "codex":
      return [...usual, equipped.command ?? "codex"];
    case "scripted":
      return usual;
  }
};

/** Where the orchestrator says nothing of it. */
const defaultSandbox: SandboxSettings = { egress: "allow-list", hosts: [] };

const runWithin = (
  { work, pipeline, attemptDirectory, access, secrets, logLevel, onStep, onActivity }: OpenAttempt,
  folders: Folders,
  surroundings: Surroundings,
  { path, stop, log }: RunnerDependencies,
): Promise<JobEnd> => {
  const activityLog = createActivityLog(join(attemptDirectory, "activity.log"), () => new Date(), log);
  return runJob({
    job: work,
    pipeline,
    folders,
    surroundings,
    access,
    path,
    stop,
    secrets,
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
