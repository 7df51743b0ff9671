import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startAnthropicEmulator } from "@ai-implement/emulators/anthropic/emulator.ts";
import { answer, call, read, type Scenario, say, write } from "@ai-implement/emulators/anthropic/scenario.ts";
import type { Agent } from "@ai-implement/runner/agent/agent.ts";
import { createAgent } from "@ai-implement/runner/agent/registry.ts";
import { createSharedSandbox } from "@ai-implement/runner/sandbox/shared-sandbox.ts";
import { runSample } from "@ai-implement/runner/testing/run-sample.ts";
import { sampleJob } from "@ai-implement/runner/testing/sample-job.ts";
import { createSampleRemote, path } from "@ai-implement/runner/testing/sample-remote.ts";
import { type Bench, rounds } from "./support/figure.ts";
import { uncachedTokens } from "./support/uncached-tokens.ts";

const roundCount = 1;
const iterations = 3;
/** What a session has to read before it can change anything: some 12,000 tokens. */
const sources = ["src/one.js", "src/two.js", "src/three.js"];

const command = (): string | undefined => process.env["AI_IMPLEMENT_CLAUDE"];

/** Later iterations go on in the first one's session (\u00a710.1): what that spares, with the real CLI. */
export const sessionResume: Bench = {
  name: "session-resume",
  missing: () => (command() === undefined ? "AI_IMPLEMENT_CLAUDE does not name the Claude Code CLI" : null),
  async measure() {
    const measured = await rounds(roundCount, async () => ({
      resumed: await tokensOf((agent) => agent),
      fresh: await tokensOf(forgetful),
    }));
    return [
      {
        name: `${iterations} iterations in one session, input tokens that no cache holds`,
        unit: "tokens",
        samples: measured.map(({ resumed }) => resumed),
        baseline: {
          name: "a fresh session for each",
          samples: measured.map(({ fresh }) => fresh),
        },
      },
    ];
  },
};

/** The same agent without a memory: each iteration is told everything again, and looks at the files again. */
const forgetful = (agent: Agent): Agent => {
  let first = "";
  return {
    describe: agent.describe,
    run: ({ resume, ...request }, onActivity) => {
      if (request.purpose !== "implement")
        return agent.run({ ...request, ...(resume === undefined ? {} : { resume }) }, onActivity);
      if (resume === undefined) first = request.prompt;
      const prompt = resume === undefined ? request.prompt : `${first}\n\n${request.prompt}`;
      return agent.run({ ...request, prompt }, onActivity);
    },
  };
};

const tokensOf = async (remembering: (agent: Agent) => Agent): Promise<number> => {
  const remote = await createSampleRemote(Object.fromEntries(sources.map((name) => [name, sourceText])));
  const emulator = await startAnthropicEmulator({ scenario: scenario() });
  try {
    const job = sampleJob(remote.url);
    const folder = join(remote.root, job.runId);
    await mkdir(folder, { recursive: true });
    const agent = createAgent(
      {
        kind: "claude-code",
        command: command(),
        credentials: { provider: "anthropic", baseUrl: emulator.url, apiKey: "sk-ant-of-the-bench" },
      },
      {
        home: join(folder, "home"),
        workspace: join(folder, "workspace"),
        searchPath: path,
        sandbox: createSharedSandbox([]),
      },
    );
    const limits = { ...job.limits, maxIterations: iterations };
    const { report } = await runSample(remote, { ...job, limits }, remembering(agent), {
      path: process.env["PATH"] ?? path,
    });
    if (report.outcome !== "implemented" || report.review.iterations !== iterations)
      throw new Error(`the run that was to be measured ended otherwise: ${JSON.stringify(report)}`);
    // The reviews are sessions of their own in both cases.
    return uncachedTokens(emulator.requests(), ({ tools }) => tools.includes("Write"));
  } finally {
    await emulator.close();
    await remote.remove();
  }
};

const sourceText = Array.from(
  { length: 400 },
  (_, line) => `export const value${line} = ${line * 7919};\n`,
).join("");

/** Looks at the sources where the conversation does not hold them yet, and changes a file. */
const scenario = (): Scenario => {
  let reviews = 0;
  let changes = 0;
  return ({ tools, answerProperties, toolResults, request, step, system: _system }) => {
    if (answerProperties.has("approved")) {
      reviews += step === 0 ? 1 : 0;
      return answer({
        approved: reviews >= iterations,
        findings: reviews >= iterations ? [] : ["say it louder"],
      });
    }
    if (answerProperties.has("implemented")) return answer({ implemented: [], gaps: [], manualSteps: [] });
    if (!tools.has("Write")) return say("Noted.");
    if (toolResults.some(({ text }) => /created|updated/i.test(text))) return say("Done.");
    const hasRead = JSON.stringify(request.messages).includes("value399");
    if (!hasRead && step === 0) return call(...sources.map((name) => read(name)));
    changes += 1;
    return call(write(`greeting-${changes}.txt`, "hello\n"));
  };
};
