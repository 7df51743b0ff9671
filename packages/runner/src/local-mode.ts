import { mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { type Job, jobSchema, type RunReport, type StepReport } from "@ai-implement/contracts";
import { z } from "zod";
import { createActivityLog } from "./activity-log.ts";
import { equip } from "./agent/equip.ts";
import type { ModelEnvironment } from "./agent/model-environment.ts";
import { openAwsSessionsFor } from "./agent/open-aws-sessions.ts";
import { writeWhole } from "./attempt-folder.ts";
import type { RunnerDependencies } from "./dependencies.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { diffBetween } from "./git/checkout.ts";
import { createGit } from "./git/git.ts";
import { createRepositoryAccess } from "./git/repository-access.ts";
import type { Facts } from "./pipeline/facts.ts";
import { localPipelines } from "./pipeline/pipelines.ts";
import type { Folders } from "./pipeline/step.ts";
import { failedEnd } from "./run-attempt.ts";
import { type JobEnd, runJob } from "./run-job.ts";
import { createSharedSandbox } from "./sandbox/shared-sandbox.ts";
import { createSecrets, type Secrets, secretsOf } from "./secrets.ts";
import { stepLine } from "./step-line.ts";
import { withinSurroundings } from "./surroundings.ts";
import { UsageError } from "./usage-error.ts";

export interface LocalSettings {
  /** `-`: the job comes on standard input, so that its credential is in no file. */
  readonly jobFile: string;
  /** A git checkout with at least one commit. The changes stay in it, uncommitted. */
  readonly workspace: string;
  readonly artifacts: string;
  readonly environment: ModelEnvironment;
}

const maxDiffCharacters = 50_000_000;

/**
 * One job on a local checkout: no clone, no commit, no push.
 * @param print gets the path of the report, for standard output
 * @throws UsageError
 */
export const runLocalMode = async (
  settings: LocalSettings,
  dependencies: RunnerDependencies,
  print: (line: string) => void,
): Promise<ExitCode> => {
  const job = await readJob(settings.jobFile);
  const workspace = await realpath(settings.workspace).catch((error: unknown) => {
    throw new UsageError(`--workspace: ${error instanceof Error ? error.message : String(error)}`);
  });
  const { apiKey, oauthToken, openaiKey, identity } = settings.environment;
  const secrets = createSecrets([...secretsOf(job), apiKey, oauthToken, openaiKey, identity?.requestToken]);
  const quiet = { ...dependencies, log: (line: string) => dependencies.log(secrets.redact(line)) };
  const artifacts = await makeArtifactsFolder(settings, workspace);
  const scratch = await mkdtemp(join(await realpath(tmpdir()), "ai-implement-"));
  try {
    const folders = {
      own: artifacts,
      workspace,
      gitDirectory: join(scratch, "repository.git"),
      home: join(scratch, "home"),
      temporary: join(scratch, "tmp"),
    };
    await mkdir(folders.home);
    await mkdir(folders.temporary);
    const end = await runOn(folders, { job, secrets, environment: settings.environment }, quiet);
    await writeArtifacts(artifacts, end.report, end.steps);
    await writeWhole(
      join(artifacts, "diff.patch"),
      secrets.mask(await fullDiff(end.facts, dependencies.path)),
    );
    print(join(artifacts, "report.json"));
    return end.report.outcome === "failed" ? exitCodes.failed : exitCodes.done;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

interface LocalJob {
  readonly job: Job;
  readonly secrets: Secrets;
  readonly environment: ModelEnvironment;
}

const runOn = async (
  folders: Folders,
  { job, secrets, environment }: LocalJob,
  dependencies: RunnerDependencies,
): Promise<JobEnd> => {
  const { path, stop, log } = dependencies;
  const open = openAwsSessionsFor({ runId: job.runId, secrets, signal: stop.signal });
  const equipment = equip(job.agent, environment, open);
  if (equipment.kind === "missing") return { ...failedEnd("unauthorised", equipment.message), facts: {} };
  const { cloneUrl, credential = null } = job.repository;
  const access = createRepositoryAccess({ cloneUrl, credential, renew: null, secrets, log });
  const activityLog = createActivityLog(join(folders.own, "activity.log"), () => new Date(), log);
  const sandbox = createSharedSandbox([
    "It worked on somebody's own checkout, as whoever started it and on that person's network.",
  ]);
  const options = { work: job, equipped: equipment.agent, sandbox, folders };
  const end = await withinSurroundings(options, dependencies, (surroundings) =>
    runJob({
      job,
      pipeline: localPipelines[job.phase],
      folders,
      surroundings,
      access,
      path,
      stop,
      secrets,
      onStep: (step) => log(stepLine(step)),
      onActivity: (line) => {
        activityLog.write(line);
        log(`  ${line}`);
      },
    }),
  );
  await access.revoke();
  return end;
};

/** @throws UsageError where a link of the repository leads out of the checkout: it chose the name, not the person. */
const makeArtifactsFolder = async (
  { artifacts, workspace }: LocalSettings,
  realWorkspace: string,
): Promise<string> => {
  await mkdir(artifacts, { recursive: true });
  const folder = await realpath(artifacts);
  const named = resolve(artifacts);
  const isNamedInside = [resolve(workspace), realWorkspace].some((root) => named.startsWith(root + sep));
  if (isNamedInside && !folder.startsWith(realWorkspace + sep))
    throw new UsageError(
      `--artifacts: ${named} is a link of the checkout that leads to ${folder}. Name a folder outside of the checkout.`,
    );
  return folder;
};

const readJob = async (file: string): Promise<Job> => {
  let value: unknown;
  try {
    value = JSON.parse(file === "-" ? await textOf(process.stdin) : await readFile(file, "utf8"));
  } catch (error) {
    throw new UsageError(`--job ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = jobSchema.safeParse(value);
  if (!parsed.success) throw new UsageError(`--job ${file} is not a job:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
};

const writeArtifacts = async (
  folder: string,
  report: RunReport,
  steps: readonly StepReport[],
): Promise<void> => {
  await writeWhole(join(folder, "steps.json"), `${JSON.stringify(steps, null, 2)}\n`);
  switch (report.outcome) {
    case "planned": {
      const text = report.plan.sections.map(({ kind, body }) => `## ${kind}\n\n${body}\n`).join("\n");
      await writeWhole(join(folder, "plan.md"), text);
      break;
    }
    case "implemented":
      await writeWhole(join(folder, "summary.md"), `${report.summary}\n`);
      break;
    case "failed":
      await writeWhole(join(folder, "summary.md"), `Failed (${report.reason}): ${report.message}\n`);
  }
  await writeWhole(join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
};

/** Empty where nothing was changed. The run may have been stopped; its diff is wanted all the same. */
const fullDiff = async ({ checkout, change }: Facts, path: string): Promise<string> => {
  if (checkout === undefined || change === undefined) return "";
  const git = createGit({ path, signal: new AbortController().signal });
  return (await diffBetween(git, checkout, change.from, change.to, maxDiffCharacters)).text;
};
