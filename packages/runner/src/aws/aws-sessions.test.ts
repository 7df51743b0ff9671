import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIdentify } from "../identity/job-identity.ts";
import { createSecrets } from "../secrets.ts";
import { type FakeIdentity, startFakeIdentity } from "../testing/fake-identity.ts";
import { type FakeSts, refusal, roleArn, startFakeSts } from "../testing/fake-sts.ts";
import { type AwsSessions, createAwsSessions } from "./aws-sessions.ts";

let identity: FakeIdentity;
let sts: FakeSts;
let sessions: AwsSessions;
const signal = new AbortController().signal;
beforeEach(async () => {
  identity = await startFakeIdentity();
  sts = await startFakeSts();
  const secrets = createSecrets([]);
  sessions = createAwsSessions({
    role: { arn: roleArn, region: "eu-central-1" },
    identify: createIdentify({ endpoint: identity.endpoint, secrets, signal }),
    secrets,
    signal,
    url: sts.url,
    sessionName: "ai-implement-test",
  });
});
afterEach(() => Promise.all([identity.close(), sts.close()]));

const single = { fresh: false, enoughMs: 5 * 60_000 };

describe("§11.3 the credentials that the model proxy signs with", () => {
  it("are asked for once, however many calls need them at once", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => sessions(single)));
    expect(sts.granted).toHaveLength(1);
    expect(
      new Set(answers.map((answer) => answer.kind === "session" && answer.session.sessionToken)),
    ).toEqual(new Set(["session-token-1"]));
  });

  it("serve single calls for longer than they serve a whole session", async () => {
    sts.lifetime = 10 * 60;
    await sessions(single);
    await sessions(single);
    expect(sts.granted).toHaveLength(1);
    await sessions({ fresh: false });
    expect(sts.granted).toHaveLength(2);
  });

  it("are asked for again after a refusal", async () => {
    sts.answers.push(refusal(403, "AccessDenied", "Not authorized"));
    expect((await sessions(single)).kind).toBe("failed");
    expect((await sessions(single)).kind).toBe("session");
  });
});
