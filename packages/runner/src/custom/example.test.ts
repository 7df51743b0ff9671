import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { runSample } from "../testing/run-sample.ts";
import { sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";
import { readCustomFolder } from "./read-custom-folder.ts";

const root = join(import.meta.dirname, "../../../..");

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({ "a.txt": "a\n" });
});
afterEach(() => remote.remove());

const runExample = async (text: string) => {
  const agent = createFakeAgent({
    implement: async ({ directory }) => {
      await writeFiles(directory, { "greet.js": text });
      return {};
    },
  });
  const custom = await readCustomFolder(join(root, "custom/examples"));
  return runSample(remote, sampleJob(remote.url, { custom }), agent);
};

describe("the example of docs/pipelines.md (§10.1)", () => {
  it.each([
    ["ts", "custom/examples/steps/licence-check.ts"],
    ["yaml", "custom/examples/pipelines/implement.yml"],
  ])("its %s is the one in %s", async (language, file) => {
    const page = await readFile(join(root, "docs/pipelines.md"), "utf8");
    const [, block] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
    expect(block).toBe(await readFile(join(root, file), "utf8"));
  });

  it("lets a change through that it likes", async () => {
    const { report, steps } = await runExample("// Licence: Apache-2.0\n");
    expect(report).toMatchObject({ outcome: "implemented" });
    expect(steps.find(({ name }) => name === "licence-check")?.detail).toMatch(
      /^git ended with 0: git version/,
    );
  });

  it("ends a run that it does not like", async () => {
    const { report } = await runExample("greet();\n");
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "custom-step-failed",
      message: "The step custom/steps/licence-check.ts says no: greet.js",
    });
  });
});
