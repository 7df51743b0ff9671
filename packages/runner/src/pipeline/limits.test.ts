import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent, someUsage } from "../testing/fake-agent.ts";
import { containing, matching } from "../testing/matchers.ts";
import { runSample } from "../testing/run-sample.ts";
import { sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({
    "WORKFLOW.md": "---\nverify: sleep 60\nteardown: echo cleaned\n---\n",
  });
});
afterEach(() => remote.remove());

describe("the limits of a run (§5.1, §15)", () => {
  it("gives each session what is left of the run's budget, and none when it is spent", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return { usage: { ...someUsage, costUsd: 0.6 } };
      },
      review: () => ({ structured: { approved: true, findings: [] }, usage: { ...someUsage, costUsd: 0.4 } }),
    });
    await remote.commit("main", { "WORKFLOW.md": "no check" });
    const job = sampleJob(remote.url);
    const { steps } = await runSample(remote, { ...job, limits: { ...job.limits, perRunUsd: 1 } }, agent);
    expect(agent.requests.map(({ budgetUsd }) => budgetUsd)).toEqual([1, 0.4]);
    expect(steps.find(({ name }) => name === "gap-analysis")).toMatchObject({
      status: "failed",
      detail: containing("$1.00"),
    });
  });

  it("reports the work when the time is up after the push, with a check that did not end", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return {};
      },
    });
    const job = sampleJob(remote.url);
    const limits = { ...job.limits, maxJobMinutes: 5 / 60 };
    const { report, ended } = await runSample(remote, { ...job, limits }, agent);
    expect(report).toMatchObject({
      outcome: "implemented",
      verification: { exitCode: null, output: containing("maxJobMinutes of the project") },
    });
    expect(ended.slice(-2)).toEqual(["verify failed", "teardown succeeded"]);
  });

  it("fails as out-of-time when the time is up before", async () => {
    const agent = createFakeAgent({
      implement: ({ signal }) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => resolve({ kind: "stopped", usage: someUsage })),
        ),
    });
    const job = sampleJob(remote.url);
    const limits = { ...job.limits, maxJobMinutes: 2 / 60 };
    const { report, ended } = await runSample(remote, { ...job, limits }, agent);
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "out-of-time",
      message: matching(/in its step "feedback-loop".*maxJobMinutes/),
      usage: someUsage,
    });
    expect(ended.at(-1)).toBe("teardown succeeded");
  });
});
