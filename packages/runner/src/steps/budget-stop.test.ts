import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent, someUsage } from "../testing/fake-agent.ts";
import { runSample } from "../testing/run-sample.ts";
import { sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, type SampleRemote } from "../testing/sample-remote.ts";

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({ "WORKFLOW.md": "No script is named." });
});
afterEach(() => remote.remove());

const withBudget = (perRunUsd: number) => {
  const job = sampleJob(remote.url);
  return { ...job, limits: { ...job.limits, perRunUsd } };
};

describe("a budget that is spent (§5.1, §11.3)", () => {
  it("ends the work at the next call, and what was done by then is pushed", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFile(join(directory, "greeting.txt"), "hel");
        return { text: "Half of it.", usage: { ...someUsage, costUsd: 0.06 } };
      },
    });
    const job = withBudget(0.05);
    const { report, ended } = await runSample(remote, job, agent);
    expect(report).toMatchObject({
      outcome: "implemented",
      stopped: { reason: "budget", message: expect.stringContaining("$0.05") as unknown },
      summary: "Half of it.",
      review: { approved: false, iterations: 0, findings: [] },
      usage: { costUsd: 0.06 },
    });
    expect(agent.requests.map(({ purpose }) => purpose)).toEqual(["implement"]);
    expect(ended).toContain("feedback-loop failed");
    expect(ended).toContain("push succeeded");
    expect(await remote.head(job.repository.branch)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("fails the run where nothing was done", async () => {
    const agent = createFakeAgent({ implement: () => ({ usage: { ...someUsage, costUsd: 1 } }) });
    const { report } = await runSample(remote, withBudget(0.05), agent);
    expect(report).toMatchObject({ outcome: "failed", reason: "no-changes" });
  });

  it("keeps the reviewer's findings where the next round could not be paid", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFile(join(directory, "greeting.txt"), "hello\n");
        return { usage: { ...someUsage, costUsd: 0.03 } };
      },
      review: () => ({
        structured: { approved: false, findings: ["no test"] },
        usage: { ...someUsage, costUsd: 0.03 },
      }),
    });
    const { report } = await runSample(remote, withBudget(0.05), agent);
    expect(report).toMatchObject({
      stopped: { reason: "budget" },
      review: { approved: false, iterations: 1, findings: ["no test"] },
    });
  });
});
