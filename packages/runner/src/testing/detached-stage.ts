import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DetachedJob, type ResultRequest, resultRequestSchema } from "@ai-implement/contracts";
import type { ModelEnvironment } from "../agent/model-environment.ts";
import { createAgent } from "../agent/registry.ts";
import { type DetachedSettings, runDetachedMode } from "../detached-mode.ts";
import type { ExitCode } from "../exit-codes.ts";
import { createStop } from "../pipeline/stop.ts";
import { createFakeClaude, type FakeClaude } from "./fake-claude.ts";
import { type GitHttpServer, startGitHttpServer } from "./git-http-server.ts";
import { noModelEnvironment } from "./model-environment.ts";
import { sampleJob } from "./sample-job.ts";
import { createSampleRemote, path, type SampleRemote } from "./sample-remote.ts";

/** One attempt without callbacks, on a repository that asks for a password, with a CLI that writes down what it sees. */
export interface DetachedStage {
  readonly remote: SampleRemote;
  readonly gitServer: GitHttpServer;
  readonly claude: FakeClaude;
  readonly job: DetachedJob;
  readonly attemptDirectory: string;
  readonly resultDirectory: string;
  readonly logged: string[];
  run(
    changes?: Partial<Omit<DetachedSettings, "environment">> & {
      readonly environment?: Partial<ModelEnvironment>;
    },
  ): Promise<ExitCode>;
  result(): Promise<ResultRequest>;
  close(): Promise<void>;
}

export const gitToken = "git-token-of-the-workflow";

export const setDetachedStage = async (
  files: Readonly<Record<string, string>>,
  changes: (job: DetachedJob) => Partial<DetachedJob> = () => ({}),
): Promise<DetachedStage> => {
  const remote = await createSampleRemote(files);
  const gitServer = await startGitHttpServer(remote.root);
  gitServer.tokens.add(gitToken);
  const { runToken: _none, ...plain } = sampleJob(gitServer.cloneUrl("remote.git"), {
    agent: { kind: "claude-code" },
  });
  const job: DetachedJob = { ...plain, ...changes(plain) };
  const claude = await createFakeClaude(join(remote.root, "claude"));
  const attemptDirectory = join(remote.root, "attempt");
  const resultDirectory = join(remote.root, "results", "of-this-run");
  await mkdir(attemptDirectory);
  const logged: string[] = [];
  return {
    remote,
    gitServer,
    claude,
    job,
    attemptDirectory,
    resultDirectory,
    logged,
    run: ({ environment, ...settings } = {}) =>
      runDetachedMode(
        {
          runId: job.runId,
          attemptDirectory,
          resultDirectory,
          job: { kind: "text", text: JSON.stringify(job) },
          gitToken,
          maxTurns: undefined,
          maxIterations: undefined,
          environment: { ...noModelEnvironment, command: claude.command, ...environment },
          logLevel: "summary",
          ...settings,
        },
        { createAgent, path, stop: createStop(), log: (line) => logged.push(line) },
      ),
    result: async () =>
      resultRequestSchema.parse(JSON.parse(await readFile(join(resultDirectory, "result.json"), "utf8"))),
    close: async () => {
      await gitServer.close();
      await remote.remove();
    },
  };
};
