import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { containing } from "../testing/matchers.ts";
import { runSample } from "../testing/run-sample.ts";
import { branch, sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, git, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({ "a.txt": "a\n", "b.txt": "b\n" });
});
afterEach(() => remote.remove());

const continuing = () => {
  const job = sampleJob(remote.url);
  return { ...job, repository: { ...job.repository, continueBranch: true } };
};

describe("a branch that is continued (§10.1)", () => {
  it("and conflicts with its base ends the run before anything is spent, naming the files", async () => {
    const head = await remote.commit(branch, { "a.txt": "ours\n" });
    await git(remote.clone, "checkout", "--quiet", "main");
    await remote.commit("main", { "a.txt": "theirs\n", "b.txt": "other\n" });
    const agent = createFakeAgent({});
    const { report } = await runSample(remote, continuing(), agent);
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "merge-conflict",
      message: containing(
        `The branch "${branch}" of acme/sample conflicts with "main" in a.txt. Merge "main"`,
      ),
    });
    expect(agent.requests).toEqual([]);
    expect(await remote.head(branch)).toBe(head);
  });

  it("and has only moved apart from its base goes on", async () => {
    await remote.commit(branch, { "a.txt": "ours\n" });
    await git(remote.clone, "checkout", "--quiet", "main");
    await remote.commit("main", { "b.txt": "theirs\n" });
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "c.txt": "c\n" });
        return {};
      },
    });
    const { report } = await runSample(remote, continuing(), agent);
    expect(report).toMatchObject({ outcome: "implemented" });
  });
});
