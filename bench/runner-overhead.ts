import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ScriptInput } from "@ai-implement/runner/agent/scripted/script.ts";
import { startFakeOrchestrator } from "@ai-implement/runner/testing/fake-orchestrator.ts";
import { sampleJob } from "@ai-implement/runner/testing/sample-job.ts";
import { createSampleRemote, path } from "@ai-implement/runner/testing/sample-remote.ts";
import { type Bench, rounds, type Surroundings, timed } from "./support/figure.ts";
import { runNode } from "./support/node-process.ts";

const roundCount = 7;

const script: ScriptInput = {
  tickets: {
    "ENG-1": {
      plan: [{ kind: "architecture", body: "One line." }],
      iterations: [{ edits: [{ path: "greeting.txt", content: "hello\n" }], summary: "It greets." }],
      reviews: [{ approved: true, findings: [] }],
      gaps: { implemented: [], gaps: [], manualSteps: [] },
      secondsPerStep: 0,
    },
  },
};

/** What a run costs beside the clone and the model: from the start of the process to its exit, the report delivered. */
export const runnerOverhead: Bench = {
  name: "runner-overhead",
  async measure(surroundings) {
    const measured = await rounds(roundCount, () => oneRun(surroundings));
    return [
      {
        name: "runner: claim to exit, without clone and model",
        unit: "ms",
        samples: measured.map(({ overhead }) => overhead),
        baseline: {
          name: "node -e 0, from start to end",
          samples: measured.map(({ bare }) => bare),
        },
        aimBelow: 1_500,
      },
    ];
  },
};

/** The runner as it is built, beside the service. */
const runnerOf = ({ program }: Surroundings): string => join(program, "../../../runner/dist/runner.js");

const oneRun = async (
  surroundings: Surroundings,
): Promise<{ readonly overhead: number; readonly bare: number }> => {
  const remote = await createSampleRemote({ "index.js": "export {};\n" });
  const scriptFile = join(remote.root, "script.json");
  await writeFile(scriptFile, JSON.stringify(script));
  const job = sampleJob(remote.url, { agent: { kind: "scripted", script: scriptFile } });
  const orchestrator = await startFakeOrchestrator(job);
  const folder = join(remote.root, job.runId);
  await mkdir(folder);
  try {
    const bare = await timed(() => runNode(["-e", "0"]));
    const all = await timed(() =>
      runNode([runnerOf(surroundings)], {
        PATH: path,
        AI_IMPLEMENT_RUN_ID: job.runId,
        AI_IMPLEMENT_ATTEMPT_DIR: folder,
        AI_IMPLEMENT_ORCHESTRATOR_URL: orchestrator.url,
        AI_IMPLEMENT_CLAIM_TOKEN: orchestrator.claimToken,
      }),
    );
    const result = orchestrator.results[0];
    if (result?.report.outcome !== "implemented")
      throw new Error(`the run that was to be measured ended otherwise: ${JSON.stringify(result?.report)}`);
    const clone = result.steps.find(({ name }) => name === "clone");
    const cloned = Date.parse(clone?.endedAt ?? "") - Date.parse(clone?.startedAt ?? "");
    return { overhead: all - cloned, bare };
  } finally {
    await orchestrator.close();
    await remote.remove();
  }
};
