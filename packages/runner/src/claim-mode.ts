import { randomUUID } from "node:crypto";
import type { Job, ResultRequest } from "@ai-implement/contracts";
import type { ModelEnvironment } from "./agent/model-environment.ts";
import { takeAttempt } from "./attempt-folder.ts";
import type { RunnerDependencies } from "./dependencies.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { createRepositoryAccess, type RepositoryAccess } from "./git/repository-access.ts";
import type { Patience } from "./http/patiently.ts";
import { createIdentify, type IdentityEndpoint } from "./identity/job-identity.ts";
import { createOrchestratorClient, type OrchestratorClient } from "./reporter/orchestrator-client.ts";
import {
  createProgressReporter,
  type ProgressTimings,
  progressTimings,
} from "./reporter/progress-reporter.ts";
import { keepResult } from "./result-file.ts";
import { type LogLevel, runAttempt } from "./run-attempt.ts";
import { createSecrets, type Secrets, secretsOf } from "./secrets.ts";

/** What shows that this runner is the one that was dispatched (§8.4). */
export type ClaimProof =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "identity"; readonly endpoint: IdentityEndpoint };

export interface ClaimSettings {
  readonly runId: string;
  readonly orchestratorUrl: string;
  readonly proof: ClaimProof;
  /** A folder of this attempt alone, made by the executor. */
  readonly attemptDirectory: string;
  /** Gets `result.json` as well; null: nobody looks for one. */
  readonly resultDirectory: string | null;
  readonly environment: ModelEnvironment;
  readonly logLevel: LogLevel;
}

export interface ClaimTimings {
  readonly claim: Patience;
  readonly credential: Patience;
  readonly result: Patience;
  readonly progress: ProgressTimings;
  /** Whoever sent a signal will not wait for long. */
  readonly resultAfterSignal: Patience;
  /** Of one request, in ms. */
  readonly requestTimeout: number;
}

export const claimTimings: ClaimTimings = {
  claim: { firstDelay: 500, maxDelay: 15_000, inAll: 2 * 60_000 },
  credential: { firstDelay: 500, maxDelay: 5_000, inAll: 60_000 },
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
  const { runId, attemptDirectory, orchestratorUrl, environment } = settings;
  const { stop } = dependencies;
  const secrets = createSecrets([
    settings.proof.kind === "token" ? settings.proof.token : undefined,
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
  const client = createOrchestratorClient({ url: orchestratorUrl, timeoutMs: timings.requestTimeout });
  const proof = proofOf(settings, secrets, stop.signal);
  const claim = await client.claim(proof, { runId, instance }, { ...timings.claim, signal: stop.signal });
  switch (claim.kind) {
    case "refused":
      log(
        `the claim of attempt ${runId} was refused by ${orchestratorUrl} (${claim.message}): nothing was spent`,
      );
      return exitCodes.claimRefused;
    case "unreachable":
      log(`attempt ${runId} could not be claimed at ${orchestratorUrl}: ${claim.message}`);
      return exitCodes.unreachable;
    case "granted":
      secrets.add(secretsOf(claim.job));
      return work({ job: claim.job, instance, client, secrets, settings, timings }, { ...dependencies, log });
  }
};

/** An identity token lives five minutes, so every try of the claim has its own. */
const proofOf = (
  { proof, orchestratorUrl }: ClaimSettings,
  secrets: Secrets,
  signal: AbortSignal,
): (() => Promise<string>) => {
  if (proof.kind === "token") return () => Promise.resolve(proof.token);
  const identify = createIdentify({ endpoint: proof.endpoint, secrets, signal });
  return () => identify(orchestratorUrl.replace(/\/+$/, ""));
};

interface ClaimedAttempt {
  readonly job: Job;
  readonly instance: string;
  readonly client: OrchestratorClient;
  readonly secrets: Secrets;
  readonly settings: ClaimSettings;
  readonly timings: ClaimTimings;
}

const work = async (attempt: ClaimedAttempt, dependencies: RunnerDependencies): Promise<ExitCode> => {
  const { job, instance, client, secrets, settings } = attempt;
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
  const access = accessFor(attempt, dependencies);
  const end = await runAttempt(
    {
      work: job,
      attemptDirectory: settings.attemptDirectory,
      environment: settings.environment,
      access,
      secrets,
      logLevel: settings.logLevel,
      closedUrls: [settings.orchestratorUrl],
      onStep: progress.stepChanged,
      onActivity: progress.activity,
    },
    dependencies,
  );
  await progress.close();
  if (stop.cause()?.kind === "closed") {
    await access.revoke();
    return exitCodes.done;
  }
  const result: ResultRequest = { instance, ...end };
  const folders = { own: settings.attemptDirectory, result: settings.resultDirectory };
  await keepResult(folders, result, log);
  // Side by side: with the result delivered this machine may be gone at any moment.
  const [exitCode] = await Promise.all([deliver(attempt, result, dependencies), access.revoke()]);
  return exitCode;
};

const accessFor = (
  { job, instance, client, secrets, timings }: ClaimedAttempt,
  { log, stop }: RunnerDependencies,
): RepositoryAccess => {
  const { cloneUrl, credential } = job.repository;
  const patience = { ...timings.credential, signal: stop.signal };
  return createRepositoryAccess({
    cloneUrl,
    credential: credential ?? null,
    renew: () => client.credential(job.runToken, { instance }, patience),
    secrets,
    log,
  });
};

const deliver = async (
  { job, client, settings, timings }: ClaimedAttempt,
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
        `the report could not be delivered (${answer.message}): it stays in ${settings.attemptDirectory}/report.json`,
      );
      return exitCodes.unreachable;
  }
};
