import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { containing } from "../testing/matchers.ts";
import { runSample } from "../testing/run-sample.ts";
import { branch, sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, git, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";

const workflow = `---
setup: |
  echo prepared > ignored.txt
verify: scripts/check.sh
teardown: touch "$HOME/torn-down"
---
Be careful with \${ISSUE_IDENTIFIER}. <!-- for people only -->
`;

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({
    "WORKFLOW.md": workflow,
    ".gitignore": "ignored.txt\n",
    "scripts/check.sh": "test -f greeting.txt && cat greeting.txt\n",
  });
});
afterEach(() => remote.remove());

const greeting = (text = "hello\n") =>
  createFakeAgent({
    implement: async ({ directory }) => {
      await writeFiles(directory, { "greeting.txt": text });
      return { text: "Wrote a greeting." };
    },
  });

describe("the implement pipeline (§10.1)", () => {
  it("pushes one commit of ours onto the job's branch and reports what was done and checked", async () => {
    const base = await remote.head("main");
    const { report, ended } = await runSample(remote, sampleJob(remote.url), greeting());
    const head = await remote.head(branch);
    expect(report).toMatchObject({
      outcome: "implemented",
      branch,
      headCommit: head,
      baseCommit: base,
      summary: "Wrote a greeting.",
      filesChanged: 1,
      review: { approved: true, iterations: 1, findings: [] },
      verification: { command: "scripts/check.sh", exitCode: 0, output: "hello" },
      gapAnalysis: { implemented: [], gaps: [], manualSteps: [] },
      agent: "fake agent 1.0 · claude-sonnet-4-6",
      usage: { inputTokens: 30, costUsd: 0.75, turns: 6 },
    });
    expect(await git(remote.url, "log", "--format=%an <%ae>|%s|%b", `main..${branch}`)).toBe(
      "AI-Implement <ai-implement@localhost>|ENG-1: Greet the user|Wrote a greeting.",
    );
    expect(await git(remote.url, "diff", "--name-only", "main", branch)).toBe("greeting.txt");
    expect(ended).toEqual([
      "clone succeeded",
      "install skipped",
      "setup succeeded",
      "implement 1 succeeded",
      "review 1 succeeded",
      "feedback-loop succeeded",
      "preflight succeeded",
      "guard succeeded",
      "push succeeded",
      "verify succeeded",
      "gap-analysis succeeded",
      "teardown succeeded",
    ]);
  });

  it("clones shallow and without blobs it does not need", async () => {
    const { folder } = await runSample(remote, sampleJob(remote.url), greeting());
    const ours = join(folder, "repository.git");
    expect(await git(ours, "rev-list", "--count", "HEAD")).toBe("1");
    expect(await git(ours, "config", "remote.origin.partialclonefilter")).toBe("blob:none");
  });

  it("makes one commit of what the agent committed, branched and left lying about", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n", "one.txt": "1\n" });
        await git(directory, "checkout", "--quiet", "-b", "elsewhere");
        await git(directory, "add", "--all");
        await git(directory, "commit", "--quiet", "--message", "mine");
        await writeFiles(directory, { "two.txt": "2\n" });
        return {};
      },
    });
    await runSample(remote, sampleJob(remote.url), agent);
    expect(await git(remote.url, "rev-list", "--count", `main..${branch}`)).toBe("1");
    expect(await git(remote.url, "diff", "--name-only", "main", branch)).toBe(
      "greeting.txt\none.txt\ntwo.txt",
    );
    expect(await git(remote.url, "branch", "--list", "elsewhere")).toBe("");
  });

  it("resumes the implementing session with the findings only, and asks a fresh reviewer", async () => {
    let reviews = 0;
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFile(join(directory, "greeting.txt"), `hello ${reviews}\n`);
        return {};
      },
      review: () => {
        reviews += 1;
        return { structured: { approved: reviews === 2, findings: reviews === 2 ? [] : ["say it louder"] } };
      },
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({ review: { approved: true, iterations: 2, findings: [] } });
    const [first, , second, fourth] = agent.requests;
    expect(second).toMatchObject({ purpose: "implement", resume: "session-1" });
    expect(second?.prompt).toContain("say it louder");
    expect(second?.prompt).not.toContain("The program should greet its user.");
    expect(first?.access).toBe("edit");
    expect(fourth).toMatchObject({ purpose: "review", access: "read-only" });
    expect(fourth).not.toHaveProperty("resume");
  });

  it("ends unapproved after maxIterations with the reviewer's findings, and still pushes", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return {};
      },
      review: () => ({ structured: { approved: false, findings: ["no test"] } }),
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({
      outcome: "implemented",
      review: { approved: false, iterations: 2, findings: ["no test"] },
    });
    expect(agent.requests.filter(({ purpose }) => purpose === "implement")).toHaveLength(2);
  });

  it("asks a reviewer without a verdict once more, and then counts it as not approved", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return {};
      },
      review: () => ({ text: "looks fine to me" }),
    });
    const job = sampleJob(remote.url);
    const { report } = await runSample(
      remote,
      { ...job, limits: { ...job.limits, maxIterations: 1 } },
      agent,
    );
    expect(agent.requests.filter(({ purpose }) => purpose === "review")).toHaveLength(2);
    expect(report).toMatchObject({
      review: { approved: false, findings: ["the reviewer gave no verdict"] },
    });
  });

  it("reports an agent that changes nothing with its last words, reviews nothing, and pushes nothing", async () => {
    const agent = createFakeAgent({ implement: () => ({ text: "The greeting is there already." }) });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "no-changes",
      message: containing("The greeting is there already."),
    });
    expect(agent.requests).toHaveLength(1);
    expect(await remote.head(branch)).toBeNull();
  });

  it("passes an agent's own failure on, and tears down all the same", async () => {
    const agent = createFakeAgent({
      implement: () => ({
        kind: "failed",
        reason: "turn-cap",
        message: "It used all of its 10 turns.",
        session: null,
        usage: null,
      }),
    });
    const { report, ended, folder } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "turn-cap",
      message: "It used all of its 10 turns.",
      usage: { costUsd: null },
    });
    expect(ended.slice(-3)).toEqual(["implement 1 failed", "feedback-loop failed", "teardown succeeded"]);
    await expect(git(join(folder, "home"), "hash-object", "torn-down")).resolves.toMatch(/^[0-9a-f]{40}$/);
  });

  it("reports a failing check in the result and does not end the run for it", async () => {
    await remote.commit("main", { "scripts/check.sh": "echo broken >&2\nexit 7\n" });
    const { report, ended } = await runSample(remote, sampleJob(remote.url), greeting());
    expect(report).toMatchObject({
      outcome: "implemented",
      verification: { exitCode: 7, output: "broken" },
    });
    expect(ended).toContain("verify failed");
    expect(ended).toContain("gap-analysis succeeded");
  });

  it("does not lose the work when the gap analysis fails", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return {};
      },
      "gap-analysis": () => ({
        kind: "failed",
        reason: "provider-overloaded",
        message: "529",
        session: null,
        usage: null,
      }),
    });
    const { report, steps } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({ outcome: "implemented" });
    expect(report).not.toHaveProperty("gapAnalysis");
    expect(steps.find(({ name }) => name === "gap-analysis")).toMatchObject({
      status: "failed",
      detail: "529",
    });
  });

  it("drops what the gap analysis claims of files and ticket words that are not there, and counts it", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return {};
      },
      "gap-analysis": () => ({
        structured: {
          implemented: [
            { claim: "greets", ticketWords: "greet its user", file: "greeting.txt" },
            { claim: "is tested", file: "test/invented.ts" },
          ],
          gaps: [{ claim: "no goodbye", ticketWords: "say goodbye" }],
          manualSteps: [],
        },
      }),
    });
    const { report, steps } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({
      gapAnalysis: {
        implemented: [{ claim: "greets", ticketWords: "greet its user", file: "greeting.txt" }],
        gaps: [{ claim: "no goodbye" }],
        manualSteps: [],
      },
      receipt: { claimsDropped: 2 },
    });
    expect(steps.find(({ name }) => name === "gap-analysis")).toMatchObject({
      input: "the diff of 1 files against ENG-1",
      detail: containing(
        "1 left out, as the files that were to prove them are not in the diff; 1 kept without",
      ),
    });
  });

  it("cuts texts that are too long (§11.8)", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return { text: `a ${"long ".repeat(20_000)}` };
      },
    });
    await remote.commit("main", { "scripts/check.sh": "yes 'much output' | head -n 200000\n" });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    if (report.outcome !== "implemented") throw new Error(JSON.stringify(report));
    expect(report.summary).toMatch(/^a long .* … \[cut, \d+ characters in all\]$/);
    expect(report.summary.length).toBeLessThanOrEqual(20_000);
    expect(report.verification?.output).toMatch(
      /^\[what came before this was cut\]\nmuch output\n[\s\S]*much output$/,
    );
  });
});
