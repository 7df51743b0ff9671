import { afterEach, describe, expect, it } from "vitest";
import type { AgentRequest } from "../agent/agent.ts";
import { exitCodes } from "../exit-codes.ts";
import { type ClaimStage, setClaimStage } from "../testing/claim-stage.ts";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { credentialFor } from "../testing/git-credential.ts";
import { containing } from "../testing/matchers.ts";
import { branch } from "../testing/sample-job.ts";
import { writeFiles } from "../testing/sample-remote.ts";

const stages: ClaimStage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

/** With a credential that has so many minutes left. */
const stageWith = async (
  minutes: number,
  changes?: Parameters<typeof setClaimStage>[2],
): Promise<ClaimStage> => {
  const stage = await setClaimStage(
    { "a.txt": "a\n" },
    (revokeUrl) => credentialFor("git-token-of-the-job", minutes, revokeUrl),
    changes,
  );
  stage.gitServer.tokens.add("git-token-of-the-job");
  stages.push(stage);
  return stage;
};

const write = async ({ directory }: AgentRequest) => {
  await writeFiles(directory, { "greeting.txt": "hello\n" });
  return {};
};
const greet = { createAgent: () => createFakeAgent({ implement: write }) };

const reportOf = ({ orchestrator }: ClaimStage) => orchestrator.results[0]?.report;
const credentialSteps = ({ orchestrator }: ClaimStage) =>
  orchestrator.results[0]?.steps.filter(({ name }) => name === "credential");

describe("§11.2 the repository's credential is renewed by the trusted part", () => {
  it("before it is used with less than ten minutes left", async () => {
    const stage = await stageWith(9);
    stage.gitServer.tokens.clear();
    stage.gitServer.tokens.add("renewed-git-token");
    stage.orchestrator.credentials.push(credentialFor("renewed-git-token", 60));
    expect(await stage.run(greet)).toBe(exitCodes.done);
    expect(reportOf(stage)).toMatchObject({ outcome: "implemented" });
    expect(stage.orchestrator.credentialRequests).toBe(1);
    expect(credentialSteps(stage)).toMatchObject([{ status: "succeeded" }]);
  });

  it("not while it is good for longer", async () => {
    const stage = await stageWith(60);
    await stage.run(greet);
    expect(reportOf(stage)).toMatchObject({ outcome: "implemented" });
    expect(stage.orchestrator.credentialRequests).toBe(0);
  });

  it("before the push, too", async () => {
    const stage = await stageWith(9);
    const tokens = ["git-token-for-the-look", "git-token-for-the-clone", "git-token-for-the-push"] as const;
    stage.orchestrator.credentials.push(...tokens.map((token) => credentialFor(token, 9)));
    for (const token of tokens.slice(0, 2)) stage.gitServer.tokens.add(token);
    const agent = createFakeAgent({
      implement: async (request) => {
        stage.gitServer.tokens.clear();
        stage.gitServer.tokens.add(tokens[2]);
        return write(request);
      },
    });
    expect(await stage.run({ createAgent: () => agent })).toBe(exitCodes.done);
    expect(reportOf(stage)).toMatchObject({
      outcome: "implemented",
      headCommit: await stage.remote.head(branch),
    });
  });

  it.each([404, 409])(
    "not after %i: it goes on with the old one, says so and asks no more",
    async (status) => {
      const stage = await stageWith(9);
      stage.orchestrator.credentials.push(status);
      expect(await stage.run(greet)).toBe(exitCodes.done);
      expect(reportOf(stage)).toMatchObject({ outcome: "implemented" });
      expect(stage.orchestrator.credentialRequests).toBe(1);
      expect(credentialSteps(stage)).toMatchObject([
        { status: "failed", detail: containing("going on with the one that ends at") },
      ]);
      expect(stage.logged.join("\n")).toContain(`was not renewed (HTTP ${status}: no-credential)`);
    },
  );

  it("at the next use where nobody answered", async () => {
    const stage = await stageWith(9);
    stage.orchestrator.credentials.push(...Array.from({ length: 100 }, () => 503));
    await stage.run(greet);
    expect(reportOf(stage)).toMatchObject({ outcome: "implemented" });
    expect(credentialSteps(stage)).toMatchObject([
      { status: "failed" },
      { status: "failed" },
      { status: "failed" },
    ]);
  });
});

describe("§11.2 the repository's credential is revoked at the end", () => {
  it("with those that it was renewed to", async () => {
    const stage = await stageWith(9);
    const { revokeUrl, tokens, revoked } = stage.gitServer;
    tokens.add("renewed-git-token");
    stage.orchestrator.credentials.push(credentialFor("renewed-git-token", 60, revokeUrl));
    await stage.run(greet);
    expect([...revoked].sort()).toEqual(["git-token-of-the-job", "renewed-git-token"]);
  });

  it("when the orchestrator closes the attempt", async () => {
    const stage = await stageWith(60);
    stage.orchestrator.stop = true;
    const endless = createFakeAgent({
      implement: ({ signal }) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => resolve({ kind: "stopped", usage: null })),
        ),
    });
    expect(await stage.run({ createAgent: () => endless })).toBe(exitCodes.done);
    expect(stage.orchestrator.results).toEqual([]);
    expect(stage.gitServer.revoked).toEqual(["git-token-of-the-job"]);
  });

  it("and one that cannot be is only logged", async () => {
    const stage = await stageWith(60);
    stage.gitServer.revokeStatuses.push(500);
    expect(await stage.run(greet)).toBe(exitCodes.done);
    expect(stage.logged.join("\n")).toMatch(/could not be revoked \(HTTP 500\): it ends by itself at \d{4}-/);
  });
});

describe("§11.2 the repository's credential goes to the repository alone", () => {
  it("and over no network that reads along", async () => {
    const stage = await stageWith(60, ({ repository }) => ({
      repository: { ...repository, cloneUrl: "http://git.example/acme/sample.git" },
    }));
    await stage.run(greet);
    expect(reportOf(stage)).toMatchObject({
      reason: "clone-failed",
      message: containing("neither https nor on this machine"),
    });
  });

  it("which fails the clone when it does not take it", async () => {
    const stage = await stageWith(60);
    stage.gitServer.tokens.clear();
    await stage.run(greet);
    expect(reportOf(stage)).toMatchObject({ outcome: "failed", reason: "clone-failed" });
    expect(JSON.stringify(stage.orchestrator.results)).not.toContain("git-token-of-the-job");
  });
});

describe("§10.1 a branch that is gone on with, in a repository that asks for a password", () => {
  it("needs no credential for what the blob filter left out, once it is cloned", async () => {
    const stage = await stageWith(60, ({ repository }) => ({
      phase: "revise",
      revision: { pullRequest: 3, feedback: [] },
      repository: { ...repository, continueBranch: true },
    }));
    await stage.remote.commit(branch, { "a.txt": "another\n", "b.txt": "b\n" });
    const agent = createFakeAgent({ implement: write });
    expect(await stage.run({ createAgent: () => agent })).toBe(exitCodes.done);
    expect(reportOf(stage)).toMatchObject({ outcome: "implemented", filesChanged: 3 });
    const review = agent.requests.find(({ purpose }) => purpose === "review");
    expect(review?.prompt).toContain("-a\n+another\n");
  });

  it("is not begun anew when it is gone", async () => {
    const stage = await stageWith(60, ({ repository }) => ({
      phase: "revise",
      revision: { pullRequest: 3, feedback: [] },
      repository: { ...repository, continueBranch: true },
    }));
    await stage.run(greet);
    expect(reportOf(stage)).toMatchObject({
      reason: "clone-failed",
      message: containing("is gone, so pull request #3 cannot be revised"),
    });
  });
});
