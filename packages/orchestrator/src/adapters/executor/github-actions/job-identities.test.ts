import { exportJWK } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { minutes, seconds } from "../../../core/time.ts";
import type { JobIdentities } from "../../../ports/job-identities.ts";
import { createJobIdentities } from "./job-identities.ts";
import {
  audience,
  discoveryPath,
  encoded,
  keysPath,
  newKey,
  startTokenIssuer,
  type TokenIssuer,
} from "./testing/token-issuer.ts";

const genuine = {
  repository: "acme/tally",
  workflowFile: "claude-plan.yml",
  ref: "refs/heads/main",
  workflowRunId: "4711",
  event: "workflow_dispatch",
};

describe("§8.4 the identity of a job", () => {
  let issuer: TokenIssuer;
  let identities: JobIdentities;
  let ahead: number;
  const now = (): number => Date.now() + ahead;
  const fresh = (): JobIdentities =>
    createJobIdentities({ issuer: issuer.url, clock: { now }, fetchTimeoutMs: 500 });
  beforeEach(async () => {
    ahead = 0;
    issuer = await startTokenIssuer(now);
    identities = fresh();
  });
  afterEach(() => issuer.close());

  const verify = (token: string, meantFor = audience) => identities.verify(token, meantFor);
  const down = { status: 503, body: "" };

  it("is what its issuer signed", async () => {
    expect(await verify(await issuer.token())).toEqual(genuine);
  });

  it("is taken with a slash at the end of the issuer's setting", async () => {
    const other = createJobIdentities({ issuer: `${issuer.url}/`, clock: { now } });
    expect(await other.verify(await issuer.token(), audience)).toEqual(genuine);
  });

  describe("is not taken", () => {
    it("unsigned, or with half a signature", async () => {
      const [head, body, signature = ""] = (await issuer.token()).split(".");
      const none = encoded({ alg: "none", typ: "JWT", kid: "key-1" });
      for (const token of [
        `${none}.${body}.`,
        `${none}.${body}.${signature}`,
        `${head}.${body}.`,
        `${head}.${body}`,
        `${head}.${body}.${signature.slice(0, -10)}`,
        `${head}.${encoded({ iss: issuer.url, aud: audience, exp: 9_999_999_999 })}.${signature}`,
      ])
        expect(await verify(token), token).toBeNull();
    });

    it("signed with the public key as if it were a shared secret", async () => {
      await verify(await issuer.token());
      expect(await verify(await issuer.confused())).toBeNull();
    });

    it("signed by another, under the issuer's key id, another one, or none", async () => {
      const { privateKey } = await newKey("key-1");
      expect(await verify(await issuer.token({}, {}, privateKey))).toBeNull();
      expect(await verify(await issuer.token({}, { kid: "key-2" }, privateKey))).toBeNull();
      expect(await verify(await issuer.token({}, { kid: undefined }, privateKey))).toBeNull();
      expect(await verify(await issuer.token({}, { kid: "../../key-1" }, privateKey))).toBeNull();
    });

    it("by a key that it brings along or points to", async () => {
      const own = await newKey("key-1");
      const jwk = await exportJWK(own.publicKey);
      const attacker = await startTokenIssuer(now);
      for (const header of [
        { jwk },
        { jku: `${attacker.url}${keysPath}` },
        { x5u: `${attacker.url}/certificate` },
        { x5c: ["MIIB"] },
        { kid: `${attacker.url}${keysPath}` },
      ])
        expect(await verify(await issuer.token({}, header, own.privateKey))).toBeNull();
      expect(attacker.asked).toHaveLength(0);
      await attacker.close();
    });

    it("from another issuer", async () => {
      expect(await verify(await issuer.token({ iss: "https://token.example" }))).toBeNull();
      expect(await verify(await issuer.token({ iss: `${issuer.url}/other` }))).toBeNull();
      expect(await verify(await issuer.token({ iss: undefined }))).toBeNull();
      expect(issuer.asked).toHaveLength(0);
    });

    it("meant for another, or for others as well", async () => {
      for (const aud of ["https://other.example", `${audience}/`, [audience], [audience, "x"], "", undefined])
        expect(await verify(await issuer.token({ aud })), String(aud)).toBeNull();
      expect(await verify(await issuer.token({ aud: "" }), "")).toBeNull();
    });

    it("before or after its time, but for a minute of drift", async () => {
      const at = Math.floor(now() / 1000);
      expect(await verify(await issuer.token({ exp: at - 30 }))).toEqual(genuine);
      expect(await verify(await issuer.token({ exp: at - 90 }))).toBeNull();
      expect(await verify(await issuer.token({ exp: undefined }))).toBeNull();
      expect(await verify(await issuer.token({ exp: "tomorrow" }))).toBeNull();
      expect(await verify(await issuer.token({ nbf: at + 30 }))).toEqual(genuine);
      expect(await verify(await issuer.token({ nbf: at + 90 }))).toBeNull();
      expect(await verify(await issuer.token({ iat: undefined }))).toBeNull();
    });

    it.each<[string, Record<string, unknown>]>([
      ["a repository that is none", { repository: "acme/tally/x" }],
      ["no repository", { repository: undefined }],
      ["no workflow", { workflow_ref: undefined }],
      [
        "a workflow of another repository",
        { workflow_ref: "evil/tally/.github/workflows/a.yml@refs/heads/main" },
      ],
      ["a file elsewhere", { workflow_ref: "acme/tally/scripts/a.yml@refs/heads/main" }],
      ["a file that is none", { workflow_ref: "acme/tally/.github/workflows/../a.yml@refs/heads/main" }],
      ["a workflow without a ref", { workflow_ref: "acme/tally/.github/workflows/a.yml" }],
      ["a ref that is none", { workflow_ref: "acme/tally/.github/workflows/a.yml@main" }],
      ["a run that is none", { run_id: "4711/../1" }],
      ["a run as a number", { run_id: 4711 }],
      ["no event", { event_name: undefined }],
    ])("with %s", async (_what, claims) => {
      expect(await verify(await issuer.token(claims))).toBeNull();
    });

    it("when it is no token, or as long as no token is", async () => {
      for (const text of ["", "x", "a.b.c", "..", `${"e".repeat(20_000)}.a.b`, "\u0000", "eyJ.eyJ.x"])
        expect(await verify(text)).toBeNull();
      expect(await verify(await issuer.token({ extra: "x".repeat(10_000) }))).toBeNull();
      expect(issuer.asked).toHaveLength(0);
    });
  });

  it("names a branch with an @ in it whole", async () => {
    const workflow_ref = "acme/tally/.github/workflows/claude-plan.yml@refs/heads/ada@home";
    expect(await verify(await issuer.token({ workflow_ref }))).toMatchObject({ ref: "refs/heads/ada@home" });
  });

  describe("and its issuer's keys", () => {
    it("are asked for once for many, and again after ten minutes", async () => {
      const token = await issuer.token();
      await Promise.all(Array.from({ length: 20 }, () => verify(token)));
      await verify(token);
      expect(issuer.asked).toEqual([discoveryPath, keysPath]);
      ahead = minutes(10);
      expect(await verify(await issuer.token())).toEqual(genuine);
      expect(issuer.asked).toHaveLength(4);
    });

    it("that are new are found at once, and looked for twice a minute at most", async () => {
      await verify(await issuer.token());
      ahead = seconds(31);
      await issuer.rotate();
      expect(await verify(await issuer.token())).toEqual(genuine);
      expect(issuer.asked).toHaveLength(4);
      for (let count = 0; count < 50; count += 1)
        expect(await verify(await issuer.token({}, { kid: `made-up-${count}` }))).toBeNull();
      expect(issuer.asked).toHaveLength(4);
    });

    it("that were withdrawn count no longer after ten minutes", async () => {
      const token = await issuer.token({ exp: Math.floor(now() / 1000) + 3_600 });
      await issuer.rotate();
      expect(await verify(token)).toBeNull();
      const earlier = fresh();
      const other = await issuer.token({ exp: Math.floor(now() / 1000) + 3_600 });
      expect(await earlier.verify(other, audience)).toEqual(genuine);
      await issuer.rotate();
      ahead = minutes(10);
      expect(await earlier.verify(other, audience)).toBeNull();
    });

    it("that cannot be had are an outage, not a verdict", async () => {
      const token = await issuer.token();
      for (const path of [discoveryPath, keysPath]) {
        issuer.answer(path, down);
        await expect(fresh().verify(token, audience)).rejects.toMatchObject({ failure: "unavailable" });
        issuer.answer(path, null);
      }
      expect(await fresh().verify(token, audience)).toEqual(genuine);
    });

    it("that cannot be had now do not hurt those who need no others", async () => {
      await verify(await issuer.token());
      ahead = seconds(31);
      issuer.answer(keysPath, down);
      await expect(verify(await issuer.token({}, { kid: "new" }))).rejects.toMatchObject({ retryable: true });
      await expect(verify(await issuer.token({}, { kid: "new" }))).rejects.toMatchObject({ retryable: true });
      expect(await verify(await issuer.token())).toEqual(genuine);
    });

    it.each<[string, string, string]>([
      ["of another place", discoveryPath, '{"issuer":"ISSUER","jwks_uri":"https://evil.example/keys"}'],
      ["of a file", discoveryPath, '{"issuer":"ISSUER","jwks_uri":"file:///etc/passwd"}'],
      ["of another issuer", discoveryPath, '{"issuer":"https://evil.example","jwks_uri":"ISSUER/k"}'],
      ["that are no JSON", keysPath, "<html>"],
      ["that are too many bytes", keysPath, `{"keys":[],"x":"${"y".repeat(300_000)}"}`],
      ["that are none", keysPath, '{"keys":[]}'],
      ["that are shared secrets", keysPath, '{"keys":[{"kty":"oct","kid":"key-1","k":"c2VjcmV0"}]}'],
      ["that are too short", keysPath, '{"keys":[{"kty":"RSA","kid":"key-1","n":"AQAB","e":"AQAB"}]}'],
    ])("%s are not used", async (_what, path, body) => {
      issuer.answer(path, { status: 200, body: body.replaceAll("ISSUER", issuer.url) });
      await expect(verify(await issuer.token())).rejects.toMatchObject({ failure: "malformed" });
    });

    it("behind a redirect are not used", async () => {
      issuer.answer(keysPath, { status: 302, headers: { location: "https://evil.example/" }, body: "" });
      await expect(verify(await issuer.token())).rejects.toMatchObject({ failure: "unreachable" });
    });
  });
});
