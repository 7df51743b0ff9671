import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { resultRequestSchema } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { type ClaimStage, setClaimStage } from "./testing/claim-stage.ts";
import { createFakeAgent } from "./testing/fake-agent.ts";
import { audienceOf } from "./testing/fake-identity.ts";
import { credentialFor } from "./testing/git-credential.ts";
import { matching } from "./testing/matchers.ts";
import { writeFiles } from "./testing/sample-remote.ts";

let stage: ClaimStage;
beforeEach(async () => {
  stage = await setClaimStage({ "a.txt": "a\n" }, () => credentialFor("git-token-of-the-job", 60));
  stage.gitServer.tokens.add("git-token-of-the-job");
});
afterEach(() => stage.close());

const greet = {
  createAgent: () =>
    createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return {};
      },
    }),
};
const byIdentity = () => ({ proof: { kind: "identity", endpoint: stage.identity.endpoint } }) as const;

describe("§8.4 the job's identity is the proof of the claim", () => {
  beforeEach(() => {
    stage.orchestrator.accepts = (bearer) =>
      stage.identity.issued.includes(bearer) && audienceOf(bearer) === stage.orchestrator.url;
  });

  it("names the orchestrator's URL, without a slash at its end, as the audience", async () => {
    const orchestratorUrl = `${stage.orchestrator.url}/`;
    expect(await stage.run({ ...greet, ...byIdentity(), orchestratorUrl })).toBe(exitCodes.done);
    expect(stage.identity.issued.map(audienceOf)).toEqual([stage.orchestrator.url]);
    expect(stage.orchestrator.results).toHaveLength(1);
  });

  it("is a fresh token for each try", async () => {
    stage.orchestrator.claimStatuses.push(503, 429);
    expect(await stage.run({ ...greet, ...byIdentity() })).toBe(exitCodes.done);
    expect(stage.orchestrator.claimBearers).toHaveLength(3);
    expect(new Set(stage.orchestrator.claimBearers).size).toBe(3);
  });

  it("is asked for again while GitHub does not answer", async () => {
    stage.identity.answers.push({ status: 503, body: "" }, { status: 200, body: "x".repeat(70_000) });
    expect(await stage.run({ ...greet, ...byIdentity() })).toBe(exitCodes.done);
  });

  it("names the permission where the job may not have it, and claims nothing", async () => {
    stage.identity.answers.push({ status: 403, body: "{}" });
    expect(await stage.run({ ...greet, ...byIdentity() })).toBe(exitCodes.unreachable);
    expect(stage.logged.at(-1)).toMatch(/could not be claimed .*HTTP 403.*id-token: write/);
    expect(stage.orchestrator.claimBearers).toEqual([]);
  });
});

describe("§8.4 the result as a file", () => {
  const found = async () =>
    resultRequestSchema.parse(JSON.parse(await readFile(join(stage.resultDirectory, "result.json"), "utf8")));

  it("lies in the result folder before it is sent, as exactly what is sent", async () => {
    let before: unknown;
    stage.orchestrator.onResult = async () => {
      before = await found();
    };
    expect(await stage.run(greet)).toBe(exitCodes.done);
    expect(before).toEqual(stage.orchestrator.results[0]);
  });

  it("is still found when it could not be delivered", async () => {
    stage.orchestrator.resultStatuses.push(403);
    expect(await stage.run(greet)).toBe(exitCodes.unreachable);
    expect((await found()).report).toMatchObject({ outcome: "implemented" });
  });

  it("is not written for a claim that was refused", async () => {
    stage.orchestrator.claimStatuses.push(409);
    expect(await stage.run(greet)).toBe(exitCodes.claimRefused);
    expect(await readdir(stage.remote.root)).not.toContain("result");
  });

  it("says which secrets to set where nobody brings a model credential, before anything is cloned", async () => {
    await stage.close();
    stage = await setClaimStage(
      { "a.txt": "a\n" },
      () => credentialFor("git-token-of-the-job", 60),
      () => ({
        agent: { kind: "claude-code" },
      }),
    );
    expect(await stage.run()).toBe(exitCodes.done);
    expect(stage.orchestrator.results[0]?.report).toMatchObject({
      outcome: "failed",
      reason: "unauthorised",
      message: matching(/CLAUDE_CODE_OAUTH_TOKEN .*ANTHROPIC_API_KEY/),
    });
    expect(stage.gitServer.authorizations).toEqual([]);
  });
});
