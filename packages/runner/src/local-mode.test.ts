import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runReportSchema } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Agent } from "./agent/agent.ts";
import { exitCodes } from "./exit-codes.ts";
import { runLocalMode } from "./local-mode.ts";
import { createStop } from "./pipeline/stop.ts";
import { createFakeAgent } from "./testing/fake-agent.ts";
import { noModelEnvironment } from "./testing/model-environment.ts";
import { sampleJob } from "./testing/sample-job.ts";
import { createSampleRemote, git, path, type SampleRemote, writeFiles } from "./testing/sample-remote.ts";
import { UsageError } from "./usage-error.ts";

let remote: SampleRemote;
let jobFile: string;
let printed: string[];
let logged: string[];
beforeEach(async () => {
  remote = await createSampleRemote({
    "WORKFLOW.md": "---\nverify: test -f greeting.txt\n---\n",
    "old.txt": "1\n",
  });
  jobFile = join(remote.root, "job.json");
  await writeFile(jobFile, JSON.stringify(sampleJob(remote.url)));
  printed = [];
  logged = [];
});
afterEach(() => remote.remove());

const run = (agent: Agent, artifacts = join(remote.root, "artifacts"), workspace = remote.clone) =>
  runLocalMode(
    { jobFile, workspace, artifacts, environment: noModelEnvironment },
    { createAgent: () => agent, path, stop: createStop(), log: (line) => logged.push(line) },
    (line) => printed.push(line),
  );

const greet = () =>
  createFakeAgent({
    implement: async ({ directory }) => {
      await writeFiles(directory, { "greeting.txt": "hello\n", "old.txt": "2\n" });
      return { text: "Wrote a greeting." };
    },
  });

describe("one job on a local checkout", () => {
  it("leaves the changes uncommitted in it and the account of the run in the artifacts folder", async () => {
    const head = await git(remote.clone, "rev-parse", "HEAD");
    const artifacts = join(remote.root, "artifacts");
    expect(await run(greet())).toBe(exitCodes.done);
    expect(await git(remote.clone, "status", "--porcelain")).toBe("M old.txt\n?? greeting.txt");
    expect(await git(remote.clone, "rev-parse", "HEAD")).toBe(head);
    expect((await readdir(artifacts)).sort()).toEqual([
      "diff.patch",
      "report.json",
      "steps.json",
      "summary.md",
    ]);
    const report = runReportSchema.parse(JSON.parse(await readFile(join(artifacts, "report.json"), "utf8")));
    expect(report).toMatchObject({
      outcome: "implemented",
      headCommit: head,
      filesChanged: 2,
      verification: { exitCode: 0 },
    });
    expect(printed).toEqual([join(artifacts, "report.json")]);
    expect(logged.join("\n")).toContain("verify succeeded");
  });

  it("writes a diff that makes the same change again", async () => {
    await run(greet());
    await git(remote.clone, "checkout", "--quiet", ".");
    await git(remote.clone, "clean", "--quiet", "--force");
    await git(remote.clone, "apply", join(remote.root, "artifacts", "diff.patch"));
    expect(await git(remote.clone, "status", "--porcelain")).toBe("M old.txt\n?? greeting.txt");
  });

  it("counts only what the agent did, not what was changed before or our own artifacts", async () => {
    await writeFiles(remote.clone, { "mine.txt": "in the making\n" });
    const artifacts = join(remote.clone, "artifacts");
    await run(greet(), artifacts);
    const diff = await readFile(join(artifacts, "diff.patch"), "utf8");
    expect(diff.match(/^diff --git .*$/gm)).toEqual([
      "diff --git a/greeting.txt b/greeting.txt",
      "diff --git a/old.txt b/old.txt",
    ]);
  });

  describe("in a hostile checkout (§11)", () => {
    it("runs no program that its git configuration names for fetching what is missing (§11.5)", async () => {
      const evidence = join(remote.root, "evidence");
      const settings = {
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": `touch ${evidence};false`,
        "core.sshCommand": `touch ${evidence};false`,
        "protocol.allow": "always",
        "protocol.file.allow": "always",
        "protocol.ssh.allow": "always",
      };
      for (const [key, value] of Object.entries(settings)) await git(remote.clone, "config", key, value);
      await writeFile(join(remote.clone, ".git/refs/heads/main"), `${"1".repeat(40)}\n`);
      for (const url of [join(remote.root, "nowhere"), "ssh://nowhere/x"]) {
        await git(remote.clone, "config", "remote.origin.url", url);
        expect(await run(greet())).toBe(exitCodes.failed);
      }
      expect(await readdir(remote.root)).not.toContain("evidence");
      // The trap is real: a git that may fetch springs it.
      await git(remote.clone, "rev-parse", "HEAD^{commit}").catch(() => undefined);
      expect(await readdir(remote.root)).toContain("evidence");
    });

    it("writes through no link that lies where the artifacts go", async () => {
      const target = join(remote.root, "target");
      await writeFile(target, "mine\n");
      const artifacts = join(remote.clone, "artifacts");
      await mkdir(artifacts);
      const names = ["report.json", "steps.json", "summary.md", "diff.patch", "activity.log"];
      for (const name of names) {
        await symlink(target, join(artifacts, name));
        await symlink(target, join(artifacts, `${name}.partial`));
      }
      const talkative = createFakeAgent({
        implement: async ({ directory }, onActivity) => {
          await writeFiles(directory, { "greeting.txt": "hello\n" });
          onActivity("writes a greeting");
          return {};
        },
      });
      expect(await run(talkative, artifacts)).toBe(exitCodes.done);
      expect(await readFile(target, "utf8")).toBe("mine\n");
      expect(logged.join("\n")).toContain("activity.log cannot be written");
    });

    it("refuses an artifacts folder that is a link out of it", async () => {
      const elsewhere = join(remote.root, "elsewhere");
      await mkdir(elsewhere);
      await symlink(elsewhere, join(remote.clone, "artifacts"));
      await expect(run(greet(), join(remote.clone, "artifacts"))).rejects.toThrow(UsageError);
      expect(await readdir(elsewhere)).toEqual([]);
    });
  });

  it("exits 1 when the outcome is failed", async () => {
    expect(await run(createFakeAgent({}))).toBe(exitCodes.failed);
    expect(await readFile(join(remote.root, "artifacts", "summary.md"), "utf8")).toContain("no-changes");
  });

  it("writes the plan of a plan job", async () => {
    await writeFile(jobFile, JSON.stringify(sampleJob(remote.url, { phase: "plan" })));
    expect(await run(createFakeAgent({}))).toBe(exitCodes.done);
    expect(await readFile(join(remote.root, "artifacts", "plan.md"), "utf8")).toBe(
      "## architecture\n\none module\n",
    );
    expect(await git(remote.clone, "status", "--porcelain")).toBe("");
  });

  it("names a folder that is not a checkout", async () => {
    expect(await run(greet(), undefined, remote.root)).toBe(exitCodes.failed);
    expect(logged.join("\n")).toContain("is not a git checkout with a commit");
  });

  it("names a job file that is not one", async () => {
    await writeFile(jobFile, "{}");
    await expect(run(greet())).rejects.toThrow(UsageError);
    await expect(run(greet())).rejects.toThrow(jobFile);
  });
});
