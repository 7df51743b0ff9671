import { chmod, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AgentRequest } from "../agent/agent.ts";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { containing } from "../testing/matchers.ts";
import { runSample } from "../testing/run-sample.ts";
import { branch, sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, git, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({ "src/a.ts": "export const a = 1;\n" });
});
afterEach(() => remote.remove());

/** An agent that implements this, and says that. */
const agentThat = (implement: (request: AgentRequest) => Promise<string | undefined>) =>
  createFakeAgent({
    implement: async (request) => {
      const text = await implement(request);
      return text === undefined ? {} : { text };
    },
  });

const canaryOf = ({ environment }: AgentRequest): string =>
  environment["RELEASE_SERVICE_TOKEN"] ?? "no canary";

const guarded = async (implement: Parameters<typeof agentThat>[0], guard = {}) => {
  const job = sampleJob(remote.url, {
    guard: { protectedPaths: ["deploy"], approvedPaths: [], ...guard },
  });
  return runSample(remote, job, agentThat(implement));
};

describe("the guard, before anything is pushed (§11.4)", () => {
  it("lets an ordinary change pass, and says what it looked at", async () => {
    const { report, ended, steps } = await guarded(async ({ directory }) => {
      await writeFiles(directory, { "src/a.ts": "export const a = 2;\n", "src/b.ts": "export {};\n" });
      return "Changed a.";
    });
    expect(report).toMatchObject({ outcome: "implemented", filesChanged: 2 });
    expect(ended).toContain("guard succeeded");
    expect(steps.find(({ name }) => name === "guard")).toMatchObject({ detail: containing("2 files") });
  });

  it("holds back what needs a person, names it, and pushes nothing", async () => {
    const { report, ended } = await guarded(async ({ directory }) => {
      await writeFiles(directory, { ".github/workflows/x.yml": "on: push\n", "deploy/main.tf": "\n" });
      return undefined;
    });
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "guard",
      message: containing('".github/workflows/x.yml" (ci)'),
      needsApproval: [".github/workflows/x.yml", "deploy/main.tf"],
    });
    expect(ended).toContain("guard failed");
    expect(ended.some((step) => step.startsWith("push"))).toBe(false);
    expect(await remote.head(branch)).toBeNull();
  });

  it("lets it pass once a person has approved exactly that", async () => {
    const approvedPaths = [".github/workflows/x.yml"];
    const { report } = await guarded(
      async ({ directory }) => {
        await writeFiles(directory, { ".github/workflows/x.yml": "on: push\n" });
        return undefined;
      },
      { approvedPaths },
    );
    expect(report).toMatchObject({ outcome: "implemented" });
    expect(await git(remote.url, "show", `${branch}:.github/workflows/x.yml`)).toBe("on: push");
  });

  it("refuses the canary in a file, hidden from git's diff by an attribute or not, and shows it nowhere", async () => {
    let canary = "";
    const run = await guarded(async (request) => {
      canary = canaryOf(request);
      await writeFiles(request.directory, {
        "notes.txt": `${Buffer.from(canary).toString("base64")}\n`,
        "sub/.gitattributes": "* -diff binary\n",
        "sub/env.txt": `TOKEN=${canary}\n`,
      });
      return undefined;
    });
    expect(run.report).toMatchObject({ outcome: "failed", reason: "guard" });
    expect(run.report).not.toHaveProperty("needsApproval");
    const { message } = run.report as { message: string };
    expect(message).toContain('"notes.txt" (credential)');
    expect(message).toContain('"sub/env.txt" (credential)');
    expect(JSON.stringify([run.report, run.steps])).not.toContain(canary.slice(4));
    expect(await remote.head(branch)).toBeNull();
  });

  it("refuses a summary that shows a credential of the run: it would be the pull request's text", async () => {
    const { report } = await guarded(async (request) => {
      await writeFiles(request.directory, { "src/a.ts": "\n" });
      return `All done. ${[...canaryOf(request)].reverse().join("")}`;
    });
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "guard",
      message: containing("the agent's summary"),
    });
    expect(await remote.head(branch)).toBeNull();
  });

  it("refuses a symbolic link, and an approval does not help", async () => {
    const { report } = await guarded(
      async ({ directory }) => {
        await symlink("/etc/passwd", join(directory, "link"));
        return undefined;
      },
      { approvedPaths: ["link"] },
    );
    expect(report).toMatchObject({ outcome: "failed", message: containing('"link" (symbolic-link)') });
  });

  it("refuses what is too large without reading it, and counts a binary file as one", async () => {
    const { report } = await guarded(async ({ directory }) => {
      await writeFile(join(directory, "big.txt"), "x".repeat(5 * 1024 * 1024));
      await writeFile(join(directory, "tool"), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0xff]));
      await chmod(join(directory, "tool"), 0o755);
      return undefined;
    });
    expect(report).toMatchObject({ outcome: "failed", message: containing('"big.txt" (file-too-large)') });
    expect(report).toMatchObject({ message: containing('"tool" (binary)') });
  });

  it("refuses a name that is not what it seems, and shows it without what it does to a terminal", async () => {
    const { report } = await guarded(async ({ directory }) => {
      await writeFile(join(directory, "a\u001b[31m\nb.txt"), "hello\n");
      return undefined;
    });
    expect(report).toMatchObject({ outcome: "failed", message: containing("(unusual-name)") });
  });

  it("looks at what this run brings to a branch that is continued, not at what people pushed there", async () => {
    await remote.commit(branch, { ".github/workflows/by-a-person.yml": "on: push\n" });
    await git(remote.clone, "checkout", "--quiet", "main");
    const job = sampleJob(remote.url);
    const { report } = await runSample(
      remote,
      { ...job, repository: { ...job.repository, continueBranch: true } },
      agentThat(async ({ directory }) => {
        await writeFiles(directory, { "src/a.ts": "export const a = 3;\n" });
        return undefined;
      }),
    );
    expect(report).toMatchObject({ outcome: "implemented" });
  });

  it("refuses a plan that shows a credential of the run", async () => {
    const agent = createFakeAgent({
      plan: (request) => ({
        structured: { sections: [{ kind: "tests", body: `Use ${canaryOf(request)}.` }] },
      }),
    });
    const { report } = await runSample(remote, sampleJob(remote.url, { phase: "plan" }), agent);
    expect(report).toMatchObject({ outcome: "failed", reason: "guard" });
  });
});
