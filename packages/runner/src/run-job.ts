import { randomBytes } from "node:crypto";
import type { RunReport, StepReport } from "@ai-implement/contracts";
import type { Agent, OnActivity } from "./agent/agent.ts";
import { createGit } from "./git/git.ts";
import type { RepositoryAccess } from "./git/repository-access.ts";
import { agentEnvironment } from "./guard/agent-environment.ts";
import { type PipelineEnd, runPipeline } from "./pipeline/engine.ts";
import type { Pipeline } from "./pipeline/pipelines.ts";
import type { Folders } from "./pipeline/step.ts";
import { createStepLog } from "./pipeline/step-log.ts";
import type { Stop } from "./pipeline/stop.ts";
import { createUsageMeter } from "./pipeline/usage-meter.ts";
import { createRunAccount } from "./receipt/run-account.ts";
import { agentName, reportOf } from "./report.ts";
import { createFit } from "./reporter/fit.ts";
import { defaultModelsOf, modelFor } from "./repository/models.ts";
import type { Secrets } from "./secrets.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Work } from "./work.ts";

export interface JobRun {
  readonly job: Work;
  readonly pipeline: Pipeline;
  readonly folders: Folders;
  readonly surroundings: Surroundings;
  readonly access: RepositoryAccess;
  /** Where programs are found: the PATH of the runner. */
  readonly path: string;
  readonly stop: Stop;
  readonly secrets: Secrets;
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
  const { job, folders, path, stop, secrets } = run;
  const { agent, sandbox, models, modelCredential } = run.surroundings;
  const fit = createFit(secrets);
  const steps = createStepLog(
    (step) => run.onStep(fit.step(step)),
    () => new Date(),
  );
  const meter = createUsageMeter();
  const account = createRunAccount();
  const { maxJobMinutes } = job.limits;
  const deadline = setTimeout(
    () => stop.stop({ kind: "deadline", minutes: maxJobMinutes }),
    maxJobMinutes * 60_000,
  );
  try {
    const end = await runPipeline(
      run.pipeline,
      {
        job,
        folders,
        agent,
        models,
        sandbox,
        account,
        access: run.access,
        git: createGit({ path, signal: stop.signal }),
        environment: {
          ...agentEnvironment({ path, home: folders.home, temporary: folders.temporary }),
          ...sandbox.variables,
          // Whatever shows it was taken from there (§11.4).
          [secrets.canary.name]: secrets.canary.value,
        },
        meter,
        steps,
        onActivity: (line) => run.onActivity(fit.line(line)),
        newDelimiter: () => `data-${randomBytes(8).toString("hex")}`,
        secrets,
        redact: secrets.redact,
      },
      stop,
    );
    const name = agentName(job, await describeAgent(agent), mainModel(job, end));
    const receipt = account.facts(modelCredential, sandbox);
    return {
      report: await fit.report(reportOf(job, end, { usage: meter.total(), agent: name, receipt })),
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
    : modelFor(phase === "plan" ? "plan" : "implement", workflow, settings, defaultModelsOf(agent));
