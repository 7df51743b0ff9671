import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Job, RunReport, StepReport } from "@ai-implement/contracts";
import type { ScriptInput } from "@ai-implement/runner/agent/scripted/script.ts";
import {
  type FakeOrchestrator,
  startFakeOrchestrator,
} from "@ai-implement/runner/testing/fake-orchestrator.ts";
import { sampleJob } from "@ai-implement/runner/testing/sample-job.ts";
import {
  createSampleRemote,
  type SampleRemote,
  path as searchPath,
} from "@ai-implement/runner/testing/sample-remote.ts";
import { runnerProgram } from "../service.ts";

/** One attempt: a repository, an orchestrator that hands out its job, and a folder for the runner. */
export interface Stage {
  readonly remote: SampleRemote;
  readonly orchestrator: FakeOrchestrator;
  readonly job: Job;
  readonly attempt: string;
  /** Starts the built runner, as an executor would, and waits for its end. */
  run(options?: RunOptions): Promise<Ended>;
  close(): Promise<void>;
}

export interface RunOptions {
  /** On top of what names the attempt. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of the runner's own process. */
  readonly nodeOptions?: readonly string[];
}

export interface Ended {
  readonly exitCode: number | null;
  /** What it printed. */
  readonly log: string;
  /** What the orchestrator was told; null: nothing. */
  readonly report: RunReport | null;
  readonly steps: readonly StepReport[];
}

export interface StageOptions {
  readonly files?: Readonly<Record<string, string>>;
  /** Arranges what files alone cannot. */
  readonly arrange?: (remote: SampleRemote) => Promise<void>;
  readonly job?: (job: Job, remote: SampleRemote) => Partial<Job>;
}

export const setStage = async ({
  files = {},
  arrange,
  job: changes = () => ({}),
}: StageOptions): Promise<Stage> => {
  const remote = await createSampleRemote({ "src.txt": "one\n", ...files });
  await arrange?.(remote);
  const script = join(remote.root, "script.json");
  await writeFile(script, JSON.stringify(goodAgent));
  const plain = sampleJob(remote.url, {
    agent: { kind: "scripted", script },
    // Raising and lowering the packet filter is a test of its own.
    sandbox: { egress: "off", hosts: [] },
  });
  const job = { ...plain, ...changes(plain, remote) };
  const orchestrator = await startFakeOrchestrator(job);
  const attempt = join(remote.root, "attempt");
  await mkdir(attempt);
  return {
    remote,
    orchestrator,
    job,
    attempt,
    run: async (options = {}) => {
      const end = await startRunner(
        {
          PATH: searchPath,
          HOME: remote.root,
          AI_IMPLEMENT_RUN_ID: job.runId,
          AI_IMPLEMENT_ATTEMPT_DIR: attempt,
          AI_IMPLEMENT_ORCHESTRATOR_URL: orchestrator.url,
          AI_IMPLEMENT_CLAIM_TOKEN: orchestrator.claimToken,
          ...options.environment,
        },
        options.nodeOptions ?? [],
      );
      const [result] = orchestrator.results;
      return { ...end, report: result?.report ?? null, steps: result?.steps ?? [] };
    },
    close: async () => {
      await orchestrator.close();
      await remote.remove();
    },
  };
};

/** Does a stage's whole life for one run. */
export const runOnce = async (options: StageOptions, run?: RunOptions): Promise<Ended> => {
  const stage = await setStage(options);
  try {
    return await stage.run(run);
  } finally {
    await stage.close();
  }
};

const startRunner = (
  environment: Readonly<Record<string, string>>,
  nodeOptions: readonly string[],
): Promise<Pick<Ended, "exitCode" | "log">> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeOptions, runnerProgram], {
      env: { ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, log }));
  });

/** Edits one file, is content with it, and finds no gaps. */
const goodAgent: ScriptInput = {
  tickets: {
    "ENG-1": {
      plan: [{ kind: "architecture", body: "One file." }],
      iterations: [{ edits: [{ path: "greeting.txt", content: "hello\n" }], summary: "Wrote a greeting." }],
      reviews: [{ approved: true, findings: [] }],
      gaps: { implemented: [], gaps: [], manualSteps: [] },
      secondsPerStep: 0,
    },
  },
};
