import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Job, RepositoryCredential } from "@ai-implement/contracts";
import type { ModelEnvironment } from "../agent/model-environment.ts";
import { createAgent } from "../agent/registry.ts";
import { type ClaimProof, type ClaimTimings, runClaimMode } from "../claim-mode.ts";
import type { RunnerDependencies } from "../dependencies.ts";
import type { ExitCode } from "../exit-codes.ts";
import { createStop } from "../pipeline/stop.ts";
import { type FakeIdentity, startFakeIdentity } from "./fake-identity.ts";
import { type FakeOrchestrator, startFakeOrchestrator } from "./fake-orchestrator.ts";
import { type GitHttpServer, startGitHttpServer } from "./git-http-server.ts";
import { noModelEnvironment } from "./model-environment.ts";
import { sampleJob } from "./sample-job.ts";
import { createSampleRemote, path, type SampleRemote } from "./sample-remote.ts";

const quick = { firstDelay: 20, maxDelay: 50, inAll: 5_000 };

export const quickTimings: ClaimTimings = {
  claim: quick,
  credential: { ...quick, inAll: 300 },
  result: quick,
  resultAfterSignal: quick,
  progress: { minInterval: 20, activityInterval: 20, heartbeat: 100 },
  requestTimeout: 2_000,
};

/** One claimed attempt on a repository that asks for a password, on GitHub Actions. */
export interface ClaimStage {
  readonly remote: SampleRemote;
  readonly gitServer: GitHttpServer;
  readonly identity: FakeIdentity;
  readonly orchestrator: FakeOrchestrator;
  readonly job: Job;
  readonly attemptDirectory: string;
  readonly resultDirectory: string;
  readonly logged: string[];
  run(changes?: ClaimStageRun): Promise<ExitCode>;
  close(): Promise<void>;
}

export interface ClaimStageRun {
  /** Default: the claim token. */
  readonly proof?: ClaimProof;
  readonly orchestratorUrl?: string;
  readonly environment?: Partial<ModelEnvironment>;
  readonly createAgent?: RunnerDependencies["createAgent"];
  readonly timings?: Partial<ClaimTimings>;
}

export const setClaimStage = async (
  files: Readonly<Record<string, string>>,
  credential: (revokeUrl: string) => RepositoryCredential,
  changes: (job: Job) => Partial<Job> = () => ({}),
): Promise<ClaimStage> => {
  const remote = await createSampleRemote(files);
  const gitServer = await startGitHttpServer(remote.root);
  const plain = sampleJob(gitServer.cloneUrl("remote.git"));
  const repository = { ...plain.repository, credential: credential(gitServer.revokeUrl) };
  const job: Job = { ...plain, repository, ...changes({ ...plain, repository }) };
  const orchestrator = await startFakeOrchestrator(job);
  const identity = await startFakeIdentity();
  const attemptDirectory = join(remote.root, "attempt");
  const resultDirectory = join(remote.root, "result");
  await mkdir(attemptDirectory);
  const logged: string[] = [];
  return {
    remote,
    gitServer,
    identity,
    orchestrator,
    job,
    attemptDirectory,
    resultDirectory,
    logged,
    run: (run = {}) =>
      runClaimMode(
        {
          runId: job.runId,
          orchestratorUrl: run.orchestratorUrl ?? orchestrator.url,
          proof: run.proof ?? { kind: "token", token: orchestrator.claimToken },
          attemptDirectory,
          resultDirectory,
          environment: { ...noModelEnvironment, identity: identity.endpoint, ...run.environment },
          logLevel: "stream",
        },
        {
          createAgent: run.createAgent ?? createAgent,
          path,
          stop: createStop(),
          log: (line) => logged.push(line),
        },
        { ...quickTimings, ...run.timings },
      ),
    close: async () => {
      await Promise.all([orchestrator.close(), identity.close(), gitServer.close()]);
      await remote.remove();
    },
  };
};
