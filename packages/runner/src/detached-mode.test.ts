import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DetachedJob } from "@ai-implement/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { basicPassword } from "./git/basic-authentication.ts";
import { type DetachedStage, gitToken, setDetachedStage } from "./testing/detached-stage.ts";
import { filesWith, secretsIn } from "./testing/find-secrets.ts";
import { containing, matching } from "./testing/matchers.ts";
import { branch } from "./testing/sample-job.ts";

const stages: DetachedStage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});
const stageWith = async (changes?: (job: DetachedJob) => Partial<DetachedJob>): Promise<DetachedStage> => {
  const stage = await setDetachedStage(
    { "WORKFLOW.md": "---\nverify: test -f greeting.txt\n---\n" },
    changes,
  );
  stages.push(stage);
  return stage;
};

const oauth = { environment: { oauthToken: "oauth-token-of-the-repository" } };

describe("§8.4 an attempt without callbacks", () => {
  it("does the whole work and leaves its result as a file", async () => {
    const stage = await stageWith();
    expect(await stage.run(oauth)).toBe(exitCodes.done);
    const { report, steps } = await stage.result();
    expect(report).toMatchObject({
      outcome: "implemented",
      headCommit: await stage.remote.head(branch),
      summary: "Wrote a greeting.",
      verification: { exitCode: 0 },
      gapAnalysis: { implemented: [], gaps: [], manualSteps: [] },
      agent: "Claude Code 9.9.9 · claude-sonnet-4-6",
    });
    expect(steps.map(({ name, status }) => `${name} ${status}`)).toContain("push succeeded");
  });

  it("plans", async () => {
    const stage = await stageWith(() => ({ phase: "plan" }));
    expect(await stage.run(oauth)).toBe(exitCodes.done);
    expect((await stage.result()).report).toMatchObject({
      outcome: "planned",
      plan: { sections: [{ kind: "architecture", body: "one module" }] },
    });
  });

  it("takes its job from a file, for one that is too long for a variable", async () => {
    const stage = await stageWith(({ ticket }) => ({
      ticket: { ...ticket, description: "long ".repeat(40_000) },
    }));
    const path = join(stage.remote.root, "job.json");
    await writeFile(path, JSON.stringify(stage.job));
    expect(await stage.run({ ...oauth, job: { kind: "file", path } })).toBe(exitCodes.done);
    expect((await stage.result()).report).toMatchObject({ outcome: "implemented" });
  });

  it("logs the steps, and with `stream` what the agent does as well", async () => {
    const [summary, stream] = [await stageWith(), await stageWith()];
    await summary.run(oauth);
    await stream.run({ ...oauth, logLevel: "stream" });
    expect(summary.logged.join("\n")).toMatch(/^push succeeded \(/m);
    expect(summary.logged.join("\n")).not.toContain("Write greeting.txt");
    expect(stream.logged).toContain("  Write greeting.txt");
  });

  it("gives its token to git and to nobody else (§11.3)", async () => {
    const stage = await stageWith();
    await stage.run(oauth);
    const secrets = [gitToken, basicPassword(gitToken)];
    expect(stage.gitServer.authorizations).toContain(`Basic ${basicPassword(gitToken)}`);
    expect(secretsIn(JSON.stringify(await stage.claude.sessions()), secrets)).toEqual([]);
    expect(secretsIn(stage.gitServer.processes.join("\n"), secrets)).toEqual([]);
    expect(secretsIn(stage.logged.join("\n"), secrets)).toEqual([]);
    expect(await filesWith(stage.attemptDirectory, secrets)).toEqual([]);
    expect(await filesWith(stage.resultDirectory, secrets)).toEqual([]);
  });

  it("prefers the OAuth token to the key, and its own bounds where they are lower (§4.2)", async () => {
    const stage = await stageWith();
    const environment = { apiKey: "key-of-the-repository", ...oauth.environment };
    await stage.run({ environment, maxTurns: "7", maxIterations: "9" });
    const [session] = await stage.claude.sessions();
    expect(session?.environment).toMatchObject({ CLAUDE_CODE_OAUTH_TOKEN: "oauth-token-of-the-repository" });
    expect(session?.environment).not.toHaveProperty("ANTHROPIC_API_KEY");
    expect(session?.arguments).toContain("--max-turns=7");
  });

  it("does not take more turns than the job allows", async () => {
    const stage = await stageWith();
    await stage.run({ ...oauth, maxTurns: "5000" });
    const [session] = await stage.claude.sessions();
    expect(session?.arguments).toContain("--max-turns=10");
  });
});

describe("§8.4 an attempt that cannot be made still has a result that says why", () => {
  const failures: readonly (readonly [string, string, RegExp])[] = [
    ["is not JSON", "{", /^AI_IMPLEMENT_JOB holds no job: it is not JSON\.$/],
    ["is of another form", '{"phase":"plan"}', /same version\?[\s\S]*runId/],
  ];
  it.each(failures)("because its job %s", async (_, text, message) => {
    const stage = await stageWith();
    expect(await stage.run({ ...oauth, job: { kind: "text", text } })).toBe(exitCodes.usage);
    expect((await stage.result()).report).toMatchObject({ outcome: "failed", message: matching(message) });
    expect(stage.gitServer.authorizations).toEqual([]);
  });

  it("because its job belongs to another attempt", async () => {
    const stage = await stageWith();
    const runId = "01890a5d-ac96-774b-bcce-b302099a8057";
    expect(await stage.run({ ...oauth, runId })).toBe(exitCodes.usage);
    expect((await stage.result()).report).toMatchObject({
      outcome: "failed",
      message: matching(new RegExp(`is the job of attempt ${stage.job.runId}, .* names ${runId}`)),
    });
    expect(stage.gitServer.authorizations).toEqual([]);
  });

  it("because its job's file is not there", async () => {
    const stage = await stageWith();
    const path = join(stage.remote.root, "absent.json");
    expect(await stage.run({ ...oauth, job: { kind: "file", path } })).toBe(exitCodes.usage);
    expect((await stage.result()).report).toMatchObject({ message: containing("absent.json") });
  });

  it("because a bound is no number", async () => {
    const stage = await stageWith();
    expect(await stage.run({ ...oauth, maxIterations: "three" })).toBe(exitCodes.usage);
    expect((await stage.result()).report).toMatchObject({
      message: containing("AI_IMPLEMENT_MAX_ITERATIONS"),
    });
  });

  it("because nothing may push, before anything is spent", async () => {
    const stage = await stageWith();
    expect(await stage.run({ ...oauth, gitToken: undefined })).toBe(exitCodes.done);
    expect((await stage.result()).report).toMatchObject({
      outcome: "failed",
      reason: "unauthorised",
      message: matching(/AI_IMPLEMENT_APP_ID and AI_IMPLEMENT_PRIVATE_KEY/),
    });
    expect(await stage.claude.sessions()).toEqual([]);
  });

  it("because no model credential is there", async () => {
    const stage = await stageWith();
    expect(await stage.run()).toBe(exitCodes.done);
    expect((await stage.result()).report).toMatchObject({
      outcome: "failed",
      reason: "unauthorised",
      message: matching(/CLAUDE_CODE_OAUTH_TOKEN .*ANTHROPIC_API_KEY/),
    });
  });

  it("and exits 4 when the file cannot be written", async () => {
    const stage = await stageWith();
    await mkdir(join(stage.resultDirectory, "result.json", "in-the-way"), { recursive: true });
    expect(await stage.run(oauth)).toBe(exitCodes.unreachable);
    expect(stage.logged.at(-1)).toContain("result.json could not be kept");
  });
});
