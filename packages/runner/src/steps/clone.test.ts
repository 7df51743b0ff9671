import { chmod, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { containing, matching } from "../testing/matchers.ts";
import { runSample } from "../testing/run-sample.ts";
import { branch, sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, git, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({ "a.txt": "a\n" });
});
afterEach(() => remote.remove());

const agentWriting = (name: string) =>
  createFakeAgent({
    implement: async ({ directory }) => {
      await writeFiles(directory, { [name]: "new\n" });
      return {};
    },
  });

const jobOn = (changes: Partial<ReturnType<typeof sampleJob>["repository"]>) => {
  const job = sampleJob(remote.url);
  return { ...job, repository: { ...job.repository, ...changes } };
};

describe("clone (§10.1)", () => {
  it("names a repository without commits, and the fix", async () => {
    const empty = await mkdtemp(join(tmpdir(), "empty-"));
    await git(empty, "init", "--quiet", "--bare");
    const { report } = await runSample(remote, sampleJob(empty), createFakeAgent({}));
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "clone-failed",
      message: matching(/acme\/sample .* has no commits: push a first commit to "main"/),
    });
    await rm(empty, { recursive: true });
  });

  it("names a repository that is not there", async () => {
    const { report } = await runSample(
      remote,
      jobOn({ cloneUrl: join(remote.root, "absent.git") }),
      createFakeAgent({}),
    );
    expect(report).toMatchObject({ reason: "clone-failed", message: containing("absent.git") });
  });

  it("names a default branch that is not there, and the setting", async () => {
    const { report } = await runSample(remote, jobOn({ defaultBranch: "trunk" }), createFakeAgent({}));
    expect(report).toMatchObject({
      reason: "clone-failed",
      message: matching(/no branch "trunk".*defaultBranch/),
    });
  });

  it("never runs a transport that executes commands", async () => {
    const { report } = await runSample(remote, jobOn({ cloneUrl: "ext::sh -c date" }), createFakeAgent({}));
    expect(report).toMatchObject({ reason: "clone-failed", message: containing("not allowed") });
  });

  it("builds on the branch that has the pull request when it is to go on", async () => {
    const base = await remote.head("main");
    const before = await remote.commit(branch, { "b.txt": "b\n" });
    await git(remote.clone, "checkout", "--quiet", "main");
    await remote.commit("main", { "later.txt": "later\n" });
    const { report } = await runSample(remote, jobOn({ continueBranch: true }), agentWriting("c.txt"));
    expect(report).toMatchObject({ outcome: "implemented", baseCommit: base, filesChanged: 2 });
    expect(await git(remote.url, "rev-parse", `${branch}^`)).toBe(before);
    expect(await git(remote.url, "diff", "--name-only", `${branch}^`, branch)).toBe("c.txt");
  });

  it("starts afresh from the default branch otherwise, and replaces what an earlier run pushed (§12)", async () => {
    await remote.commit(branch, { "b.txt": "b\n" });
    const { report } = await runSample(remote, sampleJob(remote.url), agentWriting("c.txt"));
    expect(report).toMatchObject({ outcome: "implemented" });
    expect(await git(remote.url, "diff", "--name-only", "main", branch)).toBe("c.txt");
  });

  it("does not read a workflow file that leads out of the repository", async () => {
    await symlink("/etc/hostname", join(remote.clone, "WORKFLOW.md"));
    await remote.commit("main", {});
    const { report } = await runSample(remote, sampleJob(remote.url), createFakeAgent({}));
    expect(report).toMatchObject({
      reason: "setup-failed",
      message: containing("WORKFLOW.md cannot be read: it leads out of the repository"),
    });
  });
});

describe("§10.2 .ai-implement/config.yml", () => {
  it.each([
    ["packageManager: npm\nmodels:\n  implement: --dangerous\n", /config\.yml, line 3: models\.implement: /],
    ["packageManager: [\n", /config\.yml, line 2: /],
  ])("falls back to the defaults when it is bad, and the clone says so: %j", async (config, problem) => {
    await remote.commit("main", { ".ai-implement/config.yml": config });
    const agent = agentWriting("c.txt");
    const { report, steps } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({ outcome: "implemented" });
    expect(agent.requests[0]?.model).toBe("claude-sonnet-4-6");
    expect(steps[0]).toMatchObject({ name: "clone", status: "succeeded", detail: matching(problem) });
    expect(steps[0]?.detail).toContain("The defaults are used instead of .ai-implement/config.yml");
  });

  it("is used when it is good, without a word", async () => {
    await remote.commit("main", { ".ai-implement/config.yml": "models:\n  implement: strong\n" });
    const agent = agentWriting("c.txt");
    const { steps } = await runSample(remote, sampleJob(remote.url), agent);
    expect(agent.requests[0]?.model).toBe("strong");
    expect(steps[0]?.detail).not.toContain("defaults");
  });

  it("does not lead out of the repository", async () => {
    await mkdir(join(remote.clone, ".ai-implement"));
    await symlink("/etc/hostname", join(remote.clone, ".ai-implement/config.yml"));
    await remote.commit("main", {});
    const { report, steps } = await runSample(remote, sampleJob(remote.url), agentWriting("c.txt"));
    expect(report).toMatchObject({ outcome: "implemented" });
    expect(steps[0]?.detail).toContain("config.yml cannot be read: it leads out of the repository");
  });

  it("has no say in a bad front matter of WORKFLOW.md, which names scripts and fails the run", async () => {
    await remote.commit("main", { "WORKFLOW.md": "---\nsetup: [\n---\n" });
    const { report } = await runSample(remote, sampleJob(remote.url), agentWriting("c.txt"));
    expect(report).toMatchObject({ reason: "setup-failed", message: containing("WORKFLOW.md, line") });
  });
});

describe("push", () => {
  it("is rejected when somebody else moved the branch meanwhile, and overwrites nothing", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await remote.commit(branch, { "theirs.txt": "theirs\n" });
        await writeFiles(directory, { "ours.txt": "ours\n" });
        return {};
      },
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({ outcome: "failed", reason: "push-rejected" });
    expect(await git(remote.url, "diff", "--name-only", "main", branch)).toBe("theirs.txt");
  });

  it("gives git's reason when a rule of the repository refuses it", async () => {
    await writeFiles(remote.url, {
      "hooks/pre-receive": "#!/bin/sh\necho 'branches are frozen' >&2\nexit 1\n",
    });
    await git(remote.url, "config", "core.hooksPath", join(remote.url, "hooks"));
    await chmod(join(remote.url, "hooks/pre-receive"), 0o755);
    const { report } = await runSample(remote, sampleJob(remote.url), agentWriting("c.txt"));
    expect(report).toMatchObject({
      reason: "push-rejected",
      message: containing("branches are frozen"),
    });
  });
});
