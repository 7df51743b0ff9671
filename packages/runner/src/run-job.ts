import { randomBytes } from "node:crypto";
import type { RunReport, StepReport } from "@ai-implement/contracts";
import type { Agent, OnActivity } from "./agent/agent.ts";
import { createGit } from "./git/git.ts";
import type { RepositoryAccess } from "./git/repository-access.ts";
import { agentEnvironment } from "./guard/agent-environment.ts";
import { type PipelineEnd, runPipeline } from "./pipeline/engine.ts";
import type { Pipeline } from "./pipeline/pipelines.ts";
import { stepRegistry } from "./pipeline/registry.ts";
import type { Folders } from "./pipeline/step.ts";
import { createStepLog } from "./pipeline/step-log.ts";
import type { Stop } from "./pipeline/stop.ts";
import { createUsageMeter } from "./pipeline/usage-meter.ts";
import { agentName, reportOf } from "./report.ts";
import { createFit } from "./reporter/fit.ts";
import { modelFor, providerOf } from "./repository/models.ts";
import type { Redact } from "./text/redact.ts";
import type { Work } from "./work.ts";

export interface JobRun {
  readonly job: Work;
  readonly pipeline: Pipeline;
  readonly folders: Folders;
  readonly agent: Agent;
  readonly access: RepositoryAccess;
  /** Where programs are found: the PATH of the runner. */
  readonly path: string;
  readonly stop: Stop;
  readonly redact: Redact;
  /** Redacted and within the caps of the wire. */
  readonly onStep: (step: StepReport) => void;
  /** Redacted, one line. */
  readonly onActivity: OnActivity;
}

export interface JobEnd {
  /** Redacted and within the caps of the wire. */
  readonly report: RunReport;
  readonly steps: readonly StepReport[];
  readonly facts: PipelineEnd["facts"];
}

/** One job from its first step to its report. Whatever goes wrong becomes the report; it never rejects. */
export const runJob = async (run: JobRun): Promise<JobEnd> => {
  const { job, folders, path, stop, redact } = run;
  const fit = createFit(redact);
  const steps = createStepLog(
    (step) => run.onStep(fit.step(step)),
    () => new Date(),
  );
  const meter = createUsageMeter();
  const { maxJobMinutes } = job.limits;
  const deadline = setTimeout(
    () => stop.stop({ kind: "deadline", minutes: maxJobMinutes }),
    maxJobMinutes * 60_000,
  );
  try {
    const end = await runPipeline(
      run.pipeline,
      stepRegistry,
      {
        job,
        folders,
        agent: run.agent,
        access: run.access,
        git: createGit({ path, signal: stop.signal }),
        environment: agentEnvironment({ path, home: folders.home, temporary: folders.temporary }),
        meter,
        steps,
        onActivity: (line) => run.onActivity(fit.line(line)),
        newDelimiter: () => `data-${randomBytes(8).toString("hex")}`,
        redact,
      },
      stop,
    );
    const agent = agentName(job, await describeAgent(run.agent), mainModel(job, end));
    return {
      report: fit.report(reportOf(job, end, { usage: meter.total(), agent })),
      steps: steps.all().map(fit.step),
      facts: end.facts,
    };
  } finally {
    clearTimeout(deadline);
  }
};

/** A CLI that is missing or broken cannot say its version; the report goes out all the same. */
const describeAgent = async (agent: Agent): Promise<string> => {
  try {
    return await agent.describe();
  } catch (error) {
    return `an agent that does not say what it is (${error instanceof Error ? error.message : String(error)})`;
  }
};

const mainModel = ({ phase, agent }: Work, { facts: { workflow, settings } }: PipelineEnd): string | null =>
  workflow === undefined || settings === undefined
    ? null
    : modelFor(phase === "plan" ? "plan" : "implement", workflow, settings, providerOf(agent));
