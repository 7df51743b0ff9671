import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Customization } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { containing } from "../testing/matchers.ts";
import { runSample } from "../testing/run-sample.ts";
import { branch, sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, git, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({ "src/a.txt": "a\n" });
});
afterEach(() => remote.remove());

const agent = () =>
  createFakeAgent({
    implement: async ({ directory }) => {
      await writeFiles(directory, { "greeting.txt": "hello\n" });
      return { text: "Wrote a greeting." };
    },
  });

const pipelineWith = (entry: string): string =>
  `steps: [clone, feedback-loop, ${entry}, preflight, guard, push]\nalways: [teardown]\n`;

const step = (source: string, language: "javascript" | "typescript" = "javascript") => ({
  id: "extra",
  language,
  source,
});

const runWith = (custom: Customization, limit = "") => {
  const pipelines = { implement: pipelineWith(`{step: extra${limit}}`), ...custom.pipelines };
  return runSample(remote, sampleJob(remote.url, { custom: { ...custom, pipelines } }), agent());
};

describe("a step of the operator's own (§10.1)", () => {
  it("in TypeScript runs commands in the checkout, reads its files, and what it changes is published", async () => {
    const source = `
      interface Input { run(command: string, ...parameters: string[]): Promise<{ exitCode: number | null; output: string }> }
      export const step = {
        essential: true,
        async run(input: Input & Record<string, any>) {
          const text: string | null = await input.readFile("greeting.txt");
          const shown = await input.run("sh", "-c", "echo formatted >> greeting.txt; pwd; exit 3");
          const nothing = [await input.readFile("nothing.txt"), await input.readFile("../../x"), await input.readFile(".git/config")];
          input.log("was here");
          return { detail: JSON.stringify({ text, code: shown.exitCode, nothing, key: input.job.ticket.identifier, environment: Object.keys(process.env) }) };
        },
      };`;
    const { report, steps } = await runWith({ pipelines: {}, steps: [step(source, "typescript")] });
    expect(report).toMatchObject({ outcome: "implemented" });
    const own = steps.find(({ name }) => name === "extra");
    expect(own).toMatchObject({ status: "succeeded" });
    expect(JSON.parse(own?.detail ?? "")).toEqual({
      text: "hello\n",
      code: 3,
      nothing: [null, null, null],
      key: "ENG-1",
      environment: [],
    });
    expect(await git(remote.url, "show", `${branch}:greeting.txt`)).toBe("hello\nformatted");
    if (report.outcome !== "implemented") return;
    expect(report.receipt?.commands).toMatchObject([{ step: "custom/steps/extra.ts", exitCode: 3 }]);
  });

  it.each([
    ["throws", 'throw new Error("no licence")', "failed: no licence"],
    ["says no", 'return { status: "failed", detail: "too big" }', "says no: too big"],
    ["returns garbage", "return { status: 7 }", "gave a result that is none"],
    ["returns what cannot be carried over", "return { detail: () => 1 }", "failed: "],
    ["hangs", "await new Promise(() => setInterval(() => 1, 1000))", "did not end within 0.005 minutes"],
    ["never gives way", "for (;;);", "did not end within 0.005 minutes"],
    ["ends its process", "process.exit(0)", "failed: it ended itself without a result"],
  ])("that %s ends the run with its name", async (_, body, message) => {
    const source = `export const step = { essential: true, run: async () => { ${body} } };`;
    const { report, ended } = await runWith(
      { pipelines: {}, steps: [step(source)] },
      ", timeoutMinutes: 0.005",
    );
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "custom-step-failed",
      message: containing(`The step custom/steps/extra.js ${message}`),
    });
    expect(ended.slice(-2)).toEqual(["extra failed", "teardown skipped"]);
    expect(await remote.head(branch)).toBeNull();
  });

  it("that is not essential is reported, and the run goes on", async () => {
    const source = 'export const step = { essential: true, run: async () => { throw new Error("oh") } };';
    const { report, ended } = await runWith({ pipelines: {}, steps: [step(source)] }, ", essential: false");
    expect(report).toMatchObject({ outcome: "implemented" });
    expect(ended).toContain("extra failed");
  });

  it("may stand in the place of a built-in one", async () => {
    const source = 'export const step = { essential: true, run: async () => ({ detail: "ours" }) };';
    const custom = { pipelines: {}, steps: [{ ...step(source), id: "install" }] };
    const { steps } = await runSample(remote, sampleJob(remote.url, { custom }), agent());
    expect(steps.find(({ name }) => name === "install")).toMatchObject({
      status: "succeeded",
      detail: "ours",
    });
  });

  it("has its secrets masked, whatever it says", async () => {
    const source =
      'export const step = { essential: false, run: async () => { throw new Error("api-key-of-the-sample-job") } };';
    const { steps } = await runWith({ pipelines: {}, steps: [step(source)] });
    expect(steps.find(({ name }) => name === "extra")?.detail).toContain("failed: [redacted]");
  });

  it.each([
    ["export const other = 1;", "it needs"],
    ["export const step = { essential: 1, run: async () => {} };", "it needs"],
    ["export const step = {", "cannot be loaded"],
    ['import "left-pad"; export const step = { essential: true, run: async () => {} };', "cannot be loaded"],
    ['throw new Error("at once");', "cannot be loaded: at once"],
  ])("that cannot be loaded is named before anything is spent: %s", async (source, problem) => {
    await expect(runWith({ pipelines: {}, steps: [step(source)] })).rejects.toMatchObject({
      reason: "invalid-pipeline",
      message: containing(problem),
    });
  });

  it("in TypeScript that cannot be read is named with its place", async () => {
    await expect(
      runWith({ pipelines: {}, steps: [step("export const step = {\n  essential: tr(ue,\n", "typescript")] }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^custom\/steps\/extra\.ts: .*\(\d+:\d+\)/) as unknown,
    });
  });
});

describe("code of a target repository is never imported into the runner (§10.1)", () => {
  it("is not, wherever in the repository it lies and whatever it is called", async () => {
    const evidence = join(remote.root, "evidence");
    const evil = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(evidence)}, "x"); export const step = { essential: true, run: async () => {} };`;
    const pipeline = "steps: [clone, evil, feedback-loop, preflight, guard, push]\nalways: [teardown]\n";
    await remote.commit("main", {
      "custom/steps/evil.js": evil,
      "custom/steps/install.ts": evil,
      "custom/pipelines/implement.yml": pipeline,
      "steps/install.js": evil,
      "pipelines/implement.yml": pipeline,
      ".ai-implement/custom/steps/install.js": evil,
      ".ai-implement/config.yml": "pipelines:\n  implement: custom/pipelines/implement.yml\n",
    });
    const { report, ended } = await runSample(remote, sampleJob(remote.url), agent());
    expect(report).toMatchObject({ outcome: "implemented" });
    expect(ended).not.toContain("evil succeeded");
    expect(ended).toContain("install skipped");
    await expect(access(evidence)).rejects.toThrow("ENOENT");
  });
});
