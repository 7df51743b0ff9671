import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelEnvironment } from "../agent/model-environment.ts";
import { exitCodes } from "../exit-codes.ts";
import { type DetachedStage, setDetachedStage } from "../testing/detached-stage.ts";
import { audienceOf, type FakeIdentity, startFakeIdentity } from "../testing/fake-identity.ts";
import { type FakeSts, refusal, roleArn, startFakeSts } from "../testing/fake-sts.ts";
import { secretsIn } from "../testing/find-secrets.ts";
import { containing, matching } from "../testing/matchers.ts";

let identity: FakeIdentity;
let sts: FakeSts;
const stages: DetachedStage[] = [];
beforeEach(async () => {
  identity = await startFakeIdentity();
  sts = await startFakeSts();
});
afterEach(async () => {
  await Promise.all([identity.close(), sts.close()]);
  for (const stage of stages.splice(0)) await stage.close();
});

const model = "eu.a-model-of-the-account-v1:0";
const named = { "WORKFLOW.md": `---\nmodel: ${model}\n---\n` };

const stageWith = async (files: Readonly<Record<string, string>> = named): Promise<DetachedStage> => {
  const stage = await setDetachedStage(files, () => ({
    agent: { kind: "claude-code", provider: "bedrock", awsRegion: "eu-central-1" },
  }));
  stages.push(stage);
  return stage;
};
const bedrock = (changes: Partial<ModelEnvironment> = {}) => ({
  environment: { roleArn, stsUrl: sts.url, identity: identity.endpoint, ...changes },
});

describe("§4.2 models on bedrock, by the job's identity", () => {
  it("takes the role once for the work and anew for the gap analysis", async () => {
    const stage = await stageWith();
    expect(await stage.run(bedrock({ apiKey: "not-for-bedrock" }))).toBe(exitCodes.done);
    const { report } = await stage.result();
    expect(report).toMatchObject({ outcome: "implemented", agent: `Claude Code 9.9.9 · ${model}` });
    expect(sts.granted).toHaveLength(2);
    const sessions = await stage.claude.sessions();
    expect(sessions).toHaveLength(3);
    expect(sessions.every((session) => session.arguments.includes(`--model=${model}`))).toBe(true);
  });

  it("§11.3 gives the agent an address to ask at, and no key of AWS", async () => {
    const stage = await stageWith();
    await stage.run(bedrock({ apiKey: "not-for-bedrock" }));
    for (const { environment } of await stage.claude.sessions()) {
      expect(environment).toMatchObject({
        CLAUDE_CODE_USE_BEDROCK: "1",
        CLAUDE_CODE_SKIP_BEDROCK_AUTH: "1",
        ANTHROPIC_BEDROCK_BASE_URL: matching(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{64}$/),
        AWS_REGION: "eu-central-1",
      });
      const names = Object.keys(environment).filter((name) => /^AWS_|^ANTHROPIC_/.test(name));
      expect(names.sort()).toEqual(["ANTHROPIC_BEDROCK_BASE_URL", "AWS_REGION"]);
    }
  });

  it("shows STS an identity for it alone, in the name of the run", async () => {
    const stage = await stageWith();
    await stage.run(bedrock());
    expect(sts.granted.map(({ form }) => form.get("RoleSessionName"))).toEqual([
      `ai-implement-${stage.job.runId}`,
      `ai-implement-${stage.job.runId}`,
    ]);
    expect(identity.issued.map(audienceOf)).toEqual(["sts.amazonaws.com", "sts.amazonaws.com"]);
    const [first, second] = sts.granted.map(({ form }) => form.get("WebIdentityToken"));
    expect(first).not.toBe(second);
  });

  it("takes it anew for every session when less than 15 minutes are left", async () => {
    sts.lifetime = 14 * 60;
    const stage = await stageWith();
    await stage.run(bedrock());
    expect(sts.granted).toHaveLength(3);
  });

  it("shows the identity and its credentials in no log and to no agent", async () => {
    const stage = await stageWith();
    await stage.run(bedrock());
    const identities = [identity.endpoint.requestToken, ...identity.issued];
    const credentials = ["secret-access-key-1", "session-token-1", "ASIATESTACCESSKEY001"];
    const told = JSON.stringify([stage.logged, await stage.result(), await stage.claude.sessions()]);
    expect(secretsIn(told, [...identities, ...credentials])).toEqual([]);
  });

  it("waits out a throttling and a fault", async () => {
    sts.answers.push(refusal(400, "Throttling", "Rate exceeded"), { status: 503, body: "" });
    const stage = await stageWith();
    await stage.run(bedrock());
    expect((await stage.result()).report).toMatchObject({ outcome: "implemented" });
  });
});

describe("§10.4 what is missing for bedrock is a named outcome", () => {
  it.each([
    ["AccessDenied", /trust policy has to allow sts:AssumeRoleWithWebIdentity/],
    ["InvalidIdentityToken", /needs an IAM identity provider/],
    ["RegionDisabledException", /Check the ARN/],
  ])("%s: the setting that names the role, and the fix", async (code, fix) => {
    sts.answers.push(refusal(403, code, "Not authorized"));
    const stage = await stageWith();
    await stage.run(bedrock());
    const { report } = await stage.result();
    const says = { outcome: "failed", reason: "unauthorised", message: containing("AWS_BEDROCK_ROLE_ARN") };
    expect(report).toMatchObject(says);
    expect(report).toMatchObject({ message: matching(fix) });
    // It is a secret of the repository's, and a report ends up on a ticket (§11.10).
    expect(secretsIn(JSON.stringify([report, stage.logged]), [roleArn])).toEqual([]);
    expect(await stage.claude.sessions()).toEqual([]);
  });

  it("a job without an identity that GitHub gives out: the permission", async () => {
    identity.answers.push({ status: 403, body: "" });
    const stage = await stageWith();
    await stage.run(bedrock());
    expect((await stage.result()).report).toMatchObject({
      reason: "unauthorised",
      message: containing("id-token: write"),
    });
  });

  it("an answer that is none: transport", async () => {
    sts.answers.push({ status: 200, body: "<xml/>" });
    const stage = await stageWith();
    await stage.run(bedrock());
    expect((await stage.result()).report).toMatchObject({ outcome: "failed", reason: "transport" });
  });

  it("every setting that is missing, at once and before the clone", async () => {
    const stage = await stageWith();
    await stage.run(bedrock({ roleArn: undefined, identity: null, stsUrl: "http://sts.example" }));
    expect((await stage.result()).report).toMatchObject({
      reason: "unauthorised",
      message: matching(
        /AWS_BEDROCK_ROLE_ARN.*ACTIONS_ID_TOKEN_REQUEST_URL.*id-token: write.*AI_IMPLEMENT_STS_URL has to be https/,
      ),
    });
    expect(stage.gitServer.authorizations).toEqual([]);
  });

  it("no model: bedrock has no default, and nothing is spent (§10.2)", async () => {
    const stage = await stageWith({ "WORKFLOW.md": "Be kind.\n" });
    await stage.run(bedrock());
    expect((await stage.result()).report).toMatchObject({
      outcome: "failed",
      reason: "setup-failed",
      message: matching(/"model" in the front matter of WORKFLOW\.md, or "models\.implement"/),
    });
    expect(sts.granted).toEqual([]);
  });

  it("a model that config.yml names is enough (§10.2)", async () => {
    const stage = await stageWith({ ".ai-implement/config.yml": `models:\n  implement: ${model}\n` });
    await stage.run(bedrock());
    expect((await stage.result()).report).toMatchObject({ outcome: "implemented" });
    const sessions = await stage.claude.sessions();
    expect(sessions.every((session) => session.arguments.includes(`--model=${model}`))).toBe(true);
  });
});
