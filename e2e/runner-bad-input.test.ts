import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Customization, Job } from "@ai-implement/contracts";
import { writeFiles } from "@ai-implement/runner/testing/sample-remote.ts";
import { describe, expect, it } from "vitest";
import { withAgent } from "./support/runner-bad-input/agents.ts";
import { each, expectFailure } from "./support/runner-bad-input/cases.ts";
import { badPipelines, withStep } from "./support/runner-bad-input/pipelines.ts";
import { runOnce, type StageOptions } from "./support/runner-bad-input/stage.ts";

const isRoot = process.getuid?.() === 0;

const bomb = `a: &a [x, x, x]\nb: &b [${"*a, ".repeat(60)}]\nc: [${"*b, ".repeat(60)}]\n`;
const planning = () => ({ phase: "plan" as const });

describe("what the repository says about how to work on it (§10.2)", () => {
  each([
    {
      name: "WORKFLOW.md that is never closed",
      files: { "WORKFLOW.md": "---\nsetup: x\n" },
      reason: "setup-failed",
      says: /^WORKFLOW\.md, line 1: .*closing/,
    },
    {
      name: "PLANNING.md of 10 MB",
      files: { "PLANNING.md": "#".repeat(10 * 1024 * 1024) },
      job: planning,
      reason: "setup-failed",
      says: /^PLANNING\.md cannot be read: it has 10485760 bytes/,
    },
    {
      name: "WORKFLOW.md that leads out of the repository",
      arrange: async ({ clone, commit }) => {
        await symlink("/etc/passwd", join(clone, "WORKFLOW.md"));
        await commit("main", {});
      },
      reason: "setup-failed",
      says: /^WORKFLOW\.md cannot be read: it leads out of the repository/,
    },
  ]);

  it.concurrent("config.yml that cannot be used changes nothing, and the run says that it is not used", async () => {
    const { report, steps } = await runOnce({ files: { ".ai-implement/config.yml": bomb } });
    expect(report).toMatchObject({ outcome: "implemented" });
    expect(steps.find(({ name }) => name === "clone")?.detail).toMatch(
      /The defaults are used instead of \.ai-implement\/config\.yml: .*alias/i,
    );
  });
});

const custom = (own: Partial<Customization>) => () => ({ custom: { pipelines: {}, steps: [], ...own } });
const step = (source: string, essential = true) =>
  custom({
    pipelines: { implement: withStep("own-step") },
    steps: [
      {
        id: "own-step",
        language: "javascript",
        source: `export const step = { essential: ${essential}, run: async () => { ${source} } };`,
      },
    ],
  });

describe("what an operator made of the pipelines (§10.1)", () => {
  each([
    {
      name: "a pipeline with an alias bomb",
      job: custom({ pipelines: { implement: badPipelines["an alias bomb"] } }),
      reason: "invalid-pipeline",
      says: /^custom\/pipelines\/implement\.yml, line \d+: .*alias/i,
    },
    {
      name: "an unknown step",
      job: custom({ pipelines: { implement: badPipelines["an unknown step"] } }),
      reason: "invalid-pipeline",
      says: /there is no step "deploy": put it into custom\/steps\/deploy\.ts/,
    },
    {
      name: "a step that throws",
      job: step('throw new Error("the moon is full")'),
      reason: "custom-step-failed",
      says: /custom\/steps\/own-step\.js failed: .*the moon is full/,
    },
    {
      name: "a step that never ends",
      job: custom({
        pipelines: {
          implement: withStep("{ step: own-step, timeoutMinutes: 0.02 }"),
        },
        steps: [
          {
            id: "own-step",
            language: "javascript",
            source: "export const step = { essential: true, run: async () => { for (;;); } };",
          },
        ],
      }),
      reason: "custom-step-failed",
      says: /own-step\.js did not end within 0\.02 minutes \(timeoutMinutes of the pipeline\)/,
    },
    {
      name: "a step that gives garbage",
      job: step('return { status: 7, detail: ["x"] }'),
      reason: "custom-step-failed",
      says: /own-step\.js gave a result that is none: return nothing, or/,
    },
  ]);

  it.concurrent("a pipeline that is baked into the image ends as invalid-pipeline as well", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ai-implement-custom-"));
    const files = {
      "pipelines/implement.yml": badPipelines["no guard"],
      "pipelines/revise.yml": badPipelines["the wrong order"],
    };
    await writeFiles(folder, files);
    const environment = { AI_IMPLEMENT_CUSTOM_DIR: folder };
    const ended = await runOnce({}, { environment });
    await rm(folder, { recursive: true });
    expectFailure(ended, "invalid-pipeline", /implement\.yml, line 1: .*the step "guard" is missing/);
  });
});

const workflow = (frontMatter: string): NonNullable<StageOptions["files"]> => ({
  "WORKFLOW.md": `---\n${frontMatter}\n---\n`,
});
const within = (seconds: number) => (job: Job) => ({
  limits: { ...job.limits, maxJobMinutes: seconds / 60 },
});

describe("a script of the repository's own (§10.1)", () => {
  each([
    {
      name: "setup that hangs",
      files: workflow("setup: sleep 1000"),
      job: within(3),
      reason: "out-of-time",
      says: /its limit of 0\.05 minutes in its step "setup": .*raise maxJobMinutes/,
    },
    {
      name: "setup that floods 1 GB",
      files: workflow("setup: head -c 1G < <(yes); echo last words; exit 1"),
      // Whoever kept it would need more than that.
      run: { nodeOptions: ["--max-old-space-size=96"] },
      reason: "setup-failed",
      says: /exit code 1[\s\S]*last words$/,
    },
    {
      name: "setup that reads its input and wants a terminal",
      files: workflow('setup: "cat; echo nothing to read; exec </dev/tty"'),
      reason: "setup-failed",
      says: /nothing to read\n[\s\S]*\/dev\/tty: No such device/,
    },
  ]);

  it.concurrent("verify that hangs is reported beside the work, which is kept", async () => {
    const { report } = await runOnce({ files: workflow("verify: sleep 1000"), job: within(5) });
    expect(report).toMatchObject({
      outcome: "implemented",
      verification: {
        exitCode: null,
        output: expect.stringContaining("maxJobMinutes of the project") as unknown,
      },
    });
  });

  it.skipIf(!isRoot).concurrent(
    "leaves nothing behind, not even what cleared its environment and left its session (as root)",
    async () => {
      // A number that nobody else sleeps for.
      const seconds = `86${process.pid}.5`;
      const stray = `setsid env -i /bin/sleep ${seconds} </dev/null >/dev/null 2>&1 &`;
      const { report } = await runOnce({ files: workflow(`setup: "${stray} sleep 0.2"`) });
      expect(report).toMatchObject({ outcome: "implemented" });
      expect(await processesThatSay(seconds)).toEqual([]);
    },
  );
});

const processesThatSay = async (words: string): Promise<readonly string[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    // Ended meanwhile: nothing to read.
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.filter((line) => line.includes(words));
};

describe("install (§10.1)", () => {
  each([
    {
      name: "a lockfile that is out of date",
      files: {
        "package.json": '{"name":"x","version":"1.0.0","dependencies":{"left":"file:left"}}',
        "left/package.json": '{"name":"left","version":"1.0.0"}',
        "package-lock.json":
          '{"name":"x","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"x","version":"1.0.0"}}}',
      },
      reason: "install-failed",
      says: /`npm ci [\s\S]*package-lock\.json.* in sync/,
    },
  ]);
});

describe("an agent (§10.4)", () => {
  each([
    {
      name: "that is stuck",
      ...withAgent("says nothing and never ends", { maxJobMinutes: 4 / 60 }),
      reason: "out-of-time",
      says: /in its step "feedback-loop"/,
    },
    {
      name: "that is killed",
      ...withAgent("is killed"),
      reason: "agent-failed",
      says: /SIGKILL/,
    },
    {
      name: "that changes nothing",
      ...withAgent("changes nothing"),
      reason: "no-changes",
      says: /changed nothing\. Its last words: "Nothing to do here\."/,
    },
    {
      name: "that prints garbage",
      ...withAgent("prints garbage"),
      reason: "agent-failed",
      says: /./,
    },
  ]);
});
