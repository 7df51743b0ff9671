import { createPublicKey } from "node:crypto";
import { jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { minutes } from "../../../core/time.ts";
import { answering, inTurn } from "../testing/scripted-vendor.ts";
import { createGithubClient } from "./create-github-client.ts";
import {
  installed,
  json,
  type ScriptedGithub,
  startScriptedGithub,
  testKey,
} from "./testing/scripted-github.ts";

const tally = { owner: "acme", name: "tally" };
const mints = /access_tokens$/;
const lists = /^\/app\/installations\?/;

let github: ScriptedGithub;
beforeEach(async () => {
  github = await startScriptedGithub();
});
afterEach(async () => {
  await github.close();
});

const read = (path = "/repos/acme/tally", repository = tally) =>
  github.client.read(repository, "review", { path });
const write = (counts: "plain" | "content" | "workflow-run" = "plain", repository = tally) =>
  github.client.write(repository, "work", { method: "POST", path: "/repos/x", body: { a: 1 }, counts });

describe("who we are", () => {
  test.each(["pkcs1", "pkcs8"] as const)(
    "§4.1 a key in %s signs the App's JWT, of nine minutes at most",
    async (type) => {
      const { privateKey, publicKey } = testKey(type);
      await github.close();
      github = await startScriptedGithub(privateKey);
      await read();
      const [own] = github.vendor.requests;
      const currentDate = new Date(github.clock.now());
      const { payload, protectedHeader } = await jwtVerify(
        own?.authorization?.replace("Bearer ", "") ?? "",
        createPublicKey(publicKey),
        { issuer: "7", currentDate },
      );
      const { iat = 0, exp = 0 } = payload;
      expect(protectedHeader.alg).toBe("RS256");
      expect(exp - iat).toBeLessThanOrEqual(540);
      expect(iat).toBeLessThanOrEqual(currentDate.getTime() / 1000 - 60);
    },
  );

  test("a key that is none is told by its setting, and not quoted", async () => {
    const options = { appId: 7, apiUrl: github.vendor.url, clock: github.clock };
    const client = createGithubClient({ ...options, privateKey: "-----BEGIN s3cret" });
    const refused = client.read(tally, "work", { path: "/x" });
    await expect(refused).rejects.toMatchObject({
      failure: "unauthorised",
      message: expect.not.stringContaining("s3cret") as string,
    });
    await expect(refused).rejects.toThrow("GITHUB_APP_PRIVATE_KEY");
  });
});

describe("installations", () => {
  test("are listed once, all pages of them, and owners have no case", async () => {
    github.installations = ["a", "b", "c", "d", "ACME"].map((login, index) => installed(index + 1, login));
    const found = await Promise.all(["acme", "Acme", "d"].map((owner) => github.client.installation(owner)));
    expect(found.map((each) => each?.id)).toEqual([5, 5, 4]);
    // The link leads elsewhere: only its query is followed.
    expect(github.paths(lists)).toHaveLength(3);
  });

  test("one of an enterprise, which has no login, disturbs nobody", async () => {
    github.installations = [{ id: 9, account: null, permissions: {} }, installed(1, "acme")];
    expect((await github.client.installation("acme"))?.id).toBe(1);
  });

  test("an owner that is missing is looked for again, once a minute at most", async () => {
    expect(await github.client.installation("other")).toBeNull();
    expect(await github.client.installation("other")).toBeNull();
    expect(github.paths(lists)).toHaveLength(1);
    github.installations = [installed(1, "acme"), installed(2, "other")];
    github.clock.advance(minutes(1));
    expect((await github.client.installation("other"))?.id).toBe(2);
    expect(github.paths(lists)).toHaveLength(2);
  });

  test("§11.9 strangers who install the App elsewhere all day cost neither a token nor more than a look now and then", async () => {
    await read();
    for (let event = 0; event < 500; event += 1) {
      github.client.accessChanged();
      await read();
      github.clock.advance(20);
    }
    expect(github.paths(mints)).toHaveLength(1);
    expect(github.paths(lists).length).toBeLessThanOrEqual(6);
  });

  test("one that GitHub tells of is found within two seconds", async () => {
    expect(await github.client.installation("other")).toBeNull();
    github.installations = [installed(1, "acme"), installed(2, "other")];
    github.client.accessChanged();
    github.clock.advance(2_000);
    expect((await github.client.installation("other"))?.id).toBe(2);
  });

  test("a missing one is told with what to do", async () => {
    await expect(read("/x", { owner: "other", name: "tally" })).rejects.toMatchObject({
      failure: "forbidden",
      message:
        'The GitHub App is not installed on "other". Install the GitHub App on other and give it the repository tally.',
    });
  });

  test("a suspended one is told, and looked at again", async () => {
    github.installations = [{ ...installed(1, "acme"), suspended_at: "2026-11-01T00:00:00Z" }];
    await expect(read()).rejects.toThrow("suspended");
    github.installations = [installed(1, "acme")];
    github.clock.advance(minutes(1));
    await read();
    expect(github.tokens()).toEqual(["token-1"]);
  });

  test("an answer that is no list of them is malformed", async () => {
    github.installations = [{ id: 1, account: { login: "acme" } } as never];
    await expect(read()).rejects.toMatchObject({ failure: "malformed" });
  });
});

describe("§11.2 tokens", () => {
  test("one for all who ask at the same time, and another for another purpose or repository", async () => {
    await Promise.all(Array.from({ length: 20 }, () => read()));
    expect(github.paths(mints)).toHaveLength(1);
    await write();
    await read("/y", { owner: "acme", name: "other" });
    expect(github.paths(mints)).toHaveLength(3);
    expect(new Set(github.tokens()).size).toBe(3);
  });

  test("is renewed five minutes before it ends", async () => {
    await read();
    github.clock.advance(minutes(54));
    await read();
    github.clock.advance(minutes(1));
    await read();
    expect(github.tokens()).toEqual(["token-1", "token-1", "token-2"]);
  });

  test("that is not accepted is replaced once", async () => {
    github.answer = inTurn(answering(401), json({ fine: true }));
    await write();
    expect(github.tokens()).toEqual(["token-1", "token-2"]);
    github.answer = answering(401);
    await expect(write()).rejects.toMatchObject({ failure: "unauthorised" });
    expect(github.tokens()).toHaveLength(4);
  });

  test("that may too little is not kept: a person may have mended it", async () => {
    github.answer = inTurn(answering(403), json({}));
    await expect(read()).rejects.toMatchObject({ failure: "forbidden" });
    await read();
    expect(github.tokens()).toEqual(["token-1", "token-2"]);
  });

  test("a repository that the App was not given is told with what to do", async () => {
    github.mint = answering(
      422,
      JSON.stringify({ message: "There is at least one repository that does not exist" }),
    );
    await expect(read()).rejects.toMatchObject({
      failure: "forbidden",
      message: expect.stringContaining("Give the App's installation on acme the repository tally") as string,
    });
  });

  test("an installation that is gone meanwhile is looked for again", async () => {
    await read();
    github.mint = answering(404);
    github.installations = [];
    github.clock.advance(minutes(60));
    await expect(read()).rejects.toThrow("Install the GitHub App on acme");
    await expect(read()).rejects.toThrow("not installed");
    expect(github.paths(mints)).toHaveLength(1);
  });

  test("what is granted is in no cache, and its end is asked for at our own address", async () => {
    const first = await github.client.grant(tally, "write");
    const second = await github.client.grant(tally, "write");
    expect(first.token).not.toBe(second.token);
    expect(first.expiresAt).toBe(github.clock.now() + minutes(60));
    github.answer = inTurn(answering(204, ""), answering(401));
    await github.client.revoke({ ...first, revokeUrl: "http://elsewhere.example" });
    await github.client.revoke(first);
    expect(github.paths(/token$/)).toEqual(["/installation/token", "/installation/token"]);
    expect(github.tokens()).toEqual([first.token, first.token]);
  });

  test("to write is not granted where the installation may only read", async () => {
    github.installations = [{ ...installed(1, "acme"), permissions: { contents: "read" } }];
    await expect(github.client.grant(tally, "write")).rejects.toThrow("lacks the permission contents: write");
    await github.client.grant(tally, "read");
  });

  test("nothing of the past is believed after `forget`", async () => {
    await read();
    github.client.forget();
    await read();
    expect(github.paths(lists)).toHaveLength(2);
    expect(github.tokens()).toEqual(["token-1", "token-2"]);
  });
});

describe("§9 limits", () => {
  test("a write that would pass one is not sent; reads and other organisations go on", async () => {
    github.installations = [installed(1, "acme"), installed(2, "other")];
    await Promise.all(Array.from({ length: 80 }, () => write("content")));
    const sent = github.vendor.requests.length;
    await expect(write("content")).rejects.toMatchObject({
      failure: "rate-limited",
      nothingDone: true,
      retryAfterMs: 61_000,
      message:
        "GitHub (acme) takes no more than 80 content-creating requests a minute: the next one goes out in 61 s.",
    });
    expect(github.vendor.requests).toHaveLength(sent);
    await read();
    await write("workflow-run");
    await write("content", { owner: "other", name: "tally" });
    github.clock.advance(61_000);
    await write("content");
  });

  test("what one organisation has spent holds up no other, and nothing goes out early", async () => {
    github.installations = [installed(1, "acme"), installed(2, "other")];
    github.answer = answering(403, "{}", { "retry-after": "30" });
    await expect(read()).rejects.toMatchObject({ failure: "rate-limited", retryAfterMs: 30_000 });
    const sent = github.vendor.requests.length;
    await expect(read()).rejects.toMatchObject({ failure: "rate-limited" });
    expect(github.vendor.requests).toHaveLength(sent);
    github.answer = json({});
    await read("/y", { owner: "other", name: "tally" });
    github.clock.advance(30_000);
    await read();
  });

  test("the last request of an hour is the last one until it is over", async () => {
    const reset = github.clock.now() / 1000 + 600;
    github.answer = json({}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) });
    await read();
    await expect(read()).rejects.toMatchObject({ failure: "rate-limited", retryAfterMs: 600_000 });
  });
});
