import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent, someUsage } from "../testing/fake-agent.ts";
import { runSample } from "../testing/run-sample.ts";
import { sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({
    "WORKFLOW.md": "---\nverify: echo api-key-of-the-sample-job\nteardown: echo cleaned\n---\n",
  });
});
afterEach(() => remote.remove());

const writing = () =>
  createFakeAgent({
    implement: async ({ directory }) => {
      await writeFiles(directory, { "greeting.txt": "hello\n" });
      return {};
    },
  });

describe("every step is reported (§10.1)", () => {
  it("with its beginning and end, what came of it, and what it cost", async () => {
    const { steps } = await runSample(remote, sampleJob(remote.url), writing());
    for (const step of steps) {
      expect(step.status).not.toBe("running");
      expect(Date.parse(step.endedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(step.startedAt));
      expect(step.detail, step.name).toBeTruthy();
    }
    const costs = steps.filter(({ usage }) => usage !== undefined).map(({ name, usage }) => [name, usage]);
    expect(costs).toEqual([
      ["implement 1", someUsage],
      ["review 1", someUsage],
      ["gap-analysis", someUsage],
    ]);
  });

  it("with what it was given, redacted like all it says (§11.10)", async () => {
    const sample = sampleJob(remote.url, { phase: "plan" });
    const ticket = { ...sample.ticket, identifier: "api-key-of-the-sample-job" };
    const { steps } = await runSample(remote, { ...sample, ticket }, createFakeAgent({}));
    expect(steps.find(({ name }) => name === "plan")?.input).toBe(
      "what was found for [redacted], and 0 related tickets",
    );
    expect(JSON.stringify(steps)).not.toContain("api-key-of-the-sample-job");
  });

  it("and teardown runs however the others ended", async () => {
    const { ended } = await runSample(remote, sampleJob(remote.url), createFakeAgent({}));
    expect(ended.slice(-3)).toEqual(["feedback-loop succeeded", "preflight failed", "teardown succeeded"]);
  });
});
