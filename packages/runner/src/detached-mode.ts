import { randomUUID } from "node:crypto";
import type { ModelEnvironment } from "./agent/model-environment.ts";
import { takeAttempt } from "./attempt-folder.ts";
import type { RunnerDependencies } from "./dependencies.ts";
import { type DetachedJobSettings, readDetachedJob } from "./detached-job.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { createRepositoryAccess, type HeldCredential } from "./git/repository-access.ts";
import { keepResult } from "./result-file.ts";
import { type AttemptEnd, failedEnd, type LogLevel, runAttempt } from "./run-attempt.ts";
import { createSecrets, type Secrets, secretsOf } from "./secrets.ts";
import type { Work } from "./work.ts";

export interface DetachedSettings extends DetachedJobSettings {
  /** A folder of this attempt alone. */
  readonly attemptDirectory: string;
  /** Gets `result.json`, whatever the outcome. */
  readonly resultDirectory: string;
  readonly environment: ModelEnvironment;
  readonly logLevel: LogLevel;
}

/** One attempt that calls nobody back: its job came with it, its result is a file that is fetched (§8.4). */
export const runDetachedMode = async (
  settings: DetachedSettings,
  dependencies: RunnerDependencies,
): Promise<ExitCode> => {
  const { runId, attemptDirectory, resultDirectory, environment, gitToken } = settings;
  const secrets = createSecrets([
    gitToken,
    environment.identity?.requestToken,
    environment.apiKey,
    environment.oauthToken,
    environment.openaiKey,
    environment.roleArn,
  ]);
  const log = (line: string) => dependencies.log(secrets.redact(line));
  const instance = randomUUID();
  const record = { pid: process.pid, startedAt: new Date().toISOString(), instance };
  if (!(await takeAttempt(attemptDirectory, record))) {
    log(`another runner of attempt ${runId} is or was in ${attemptDirectory}: nothing to do`);
    return exitCodes.claimRefused;
  }
  const job = await readDetachedJob(settings);
  const end =
    job.kind === "job"
      ? await work(job.work, settings, secrets, { ...dependencies, log })
      : failedEnd("unexpected", secrets.redact(job.message));
  log(end.report.outcome === "failed" ? `failed: ${end.report.message}` : `done: ${end.report.outcome}`);
  const folders = { own: attemptDirectory, result: resultDirectory };
  if (!(await keepResult(folders, { instance, ...end }, log))) return exitCodes.unreachable;
  return job.kind === "job" ? exitCodes.done : exitCodes.usage;
};

const work = async (
  job: Work,
  settings: DetachedSettings,
  secrets: Secrets,
  dependencies: RunnerDependencies,
): Promise<AttemptEnd> => {
  secrets.add(secretsOf(job));
  const credential = credentialOf(job, settings.gitToken);
  if (credential === null && job.phase !== "plan" && /^https?:/i.test(job.repository.cloneUrl))
    return failedEnd("unauthorised", noCredential);
  const access = createRepositoryAccess({
    cloneUrl: job.repository.cloneUrl,
    credential,
    renew: null,
    secrets,
    log: dependencies.log,
  });
  const end = await runAttempt(
    {
      work: job,
      attemptDirectory: settings.attemptDirectory,
      environment: settings.environment,
      access,
      secrets,
      logLevel: settings.logLevel,
      closedUrls: [],
      onStep: () => undefined,
      onActivity: () => undefined,
    },
    dependencies,
  );
  await access.revoke();
  return end;
};

const noCredential =
  "There is no credential to push with (AI_IMPLEMENT_GIT_TOKEN): without callbacks the repository needs the secrets AI_IMPLEMENT_APP_ID and AI_IMPLEMENT_PRIVATE_KEY.";

/** Whoever made the token of the environment ends it, too. */
const credentialOf = ({ repository }: Work, gitToken: string | undefined): HeldCredential | null =>
  gitToken === undefined ? (repository.credential ?? null) : { token: gitToken, expiresAt: null };
