import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { type OpenGithub, openGithub } from "./testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");

/** Requests that must not be sent: what is recorded of them is looked at, not required. */
describe.skipIf(schemaFile === null)("the way to GitHub", () => {
  let github: OpenGithub;
  beforeEach(async () => {
    github = await openGithub(schemaFile ?? "");
  });
  afterEach(() => github.close("answers"));

  const tally = "/repos/acme/tally";

  test.each([
    ["GET", `${tally}/branches?colour=red`, undefined, 422, "query parameter colour is unknown"],
    ["POST", `${tally}/git/refs`, { ref: "refs/heads/a" }, 422, "must have required property 'sha'"],
    ["POST", `${tally}/git/blobs`, { content: 5 }, 422, "body/content must be string"],
    ["GET", "/no/such/path", undefined, 404, "there is no such path"],
    ["PATCH", "/meta", {}, 404, "the path has no such method"],
  ])(
    "%s %s is recorded as what GitHub's description does not allow",
    async (method, path, body, status, why) => {
      await github.token();
      const before = github.emulator.conformance();
      expect(before.violations).toEqual([]);
      const answer = await github.call(method, path, { body, token: await github.token() });
      expect(answer.status).toBe(status);
      const { validated, violations } = github.emulator.conformance();
      expect(violations).toEqual([expect.stringContaining(why)]);
      expect(validated).toBeGreaterThan(before.validated);
    },
  );

  test("what is no JSON is told so", async () => {
    const response = await fetch(`${github.emulator.apiUrl}${tally}/git/blobs`, {
      method: "POST",
      headers: { authorization: `Bearer ${await github.token()}` },
      body: "{",
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { message: "Problems parsing JSON" },
    ]);
  });

  test("an operation that is not emulated is said aloud", async () => {
    expect(await github.call("GET", `${tally}/labels`)).toMatchObject({
      status: 501,
      body: { message: "The emulator does not know issues/list-labels-for-repo." },
    });
  });

  test("requests are remembered with who sent them", async () => {
    const token = await github.token({ repositories: ["tally"], permissions: { contents: "read" } });
    await github.call("GET", `${tally}/branches?per_page=5`, { token });
    await github.call("GET", "/meta", { token: null });
    const [installation, minting, listing, meta] = github.emulator.requests();
    expect(installation).toMatchObject({ method: "GET", path: `${tally}/installation`, by: { kind: "app" } });
    expect(minting).toMatchObject({ method: "POST", body: { repositories: ["tally"] } });
    expect(listing).toEqual({
      at: expect.any(Number) as unknown,
      method: "GET",
      path: `${tally}/branches`,
      query: { per_page: "5" },
      body: null,
      by: {
        kind: "installation",
        account: "acme",
        repositories: ["tally"],
        permissions: { contents: "read", metadata: "read" },
      },
      early: false,
    });
    expect(meta?.by).toEqual({ kind: "nobody" });
  });

  test("a GET has an ETag, and who names it gets 304 and pays nothing", async () => {
    const first = await github.call("GET", `${tally}/contents/README.md`);
    const etag = first.headers.get("etag") ?? "";
    const paid = first.headers.get("x-ratelimit-remaining");
    const again = await github.call("GET", `${tally}/contents/README.md`, {
      headers: { "if-none-match": etag },
    });
    expect([again.status, again.body]).toEqual([304, null]);
    expect(again.headers.get("x-ratelimit-remaining")).toBe(paid);
    await github.emulator.site.commit({ owner: "acme", name: "tally" }, "main", { "README.md": "new\n" });
    const changed = await github.call("GET", `${tally}/contents/README.md`, {
      headers: { "if-none-match": etag },
    });
    expect(changed.status).toBe(200);
    expect(changed.headers.get("etag")).not.toBe(etag);
  });

  test("a request without a User-Agent is forbidden", async () => {
    const response = await fetch(`${github.emulator.apiUrl}/meta`, { headers: { "user-agent": "" } });
    expect(response.status).toBe(403);
  });

  test("faults are answered in GitHub's way, and who comes too early is seen", async () => {
    const token = await github.token();
    github.emulator.setFaults(({ path }) =>
      path.endsWith("/branches") ? { kind: "rate-limited", resetMs: 60_000 } : null,
    );
    const { status, headers, body } = await github.call("GET", `${tally}/branches`, { token });
    expect([status, headers.get("retry-after")]).toEqual([403, "60"]);
    expect(body).toMatchObject({ message: expect.stringContaining("secondary rate limit") as unknown });
    await expect
      .poll(async () => {
        await github.call("GET", "/rate_limit", { token });
        return github.emulator.requests().at(-1)?.early;
      })
      .toBe(true);
    await github.call("GET", "/app", { token: await github.jwt() });
    expect(github.emulator.requests().at(-1)?.early).toBe(false);
  });
});
