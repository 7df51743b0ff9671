import { pageOf, pullSchema } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { knownPullRequest } from "../testing/fixtures.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const open = [1, 2, 3].map(knownPullRequest);
const merged = knownPullRequest(4);

let test: TestApp;
beforeEach(async () => {
  test = await createTestApp({
    contents: {
      pullRequests: [...open, { ...merged, pullRequest: { ...merged.pullRequest, state: "merged" } }],
    },
  });
});
afterEach(() => test.app.close());

describe("GET /api/pulls (§13)", () => {
  it("shows the pull requests that we opened, by state and a page at a time", async () => {
    const page = pageOf(pullSchema);
    const first = page.parse((await test.ask("GET", "/api/pulls?state=open&limit=2")).body);
    expect(first.items[0]).toEqual({
      teamKey: "demo",
      repository: "acme/shop",
      number: 1,
      url: "https://forge.test/acme/shop/pulls/1",
      title: "DEMO-1: Round prices",
      branch: "ai-implement/demo-1",
      state: "open",
      draft: false,
      ticket: "folder:demo/DEMO-1.md",
      updatedAt: "2026-11-22T09:00:00.000Z",
    });
    const second = page.parse(
      (await test.ask("GET", `/api/pulls?state=open&limit=2&cursor=${first.nextCursor}`)).body,
    );
    expect(second.items.map(({ number }) => number)).toEqual([3]);
  });

  it.each(["cursor=nonsense", "state=draft"])("answers 400 to ?%s", async (query) => {
    expect((await test.ask("GET", `/api/pulls?${query}`)).status).toBe(400);
  });
});

describe("POST /api/pulls/:owner/:repo/:number/merge (§12)", () => {
  const merge = (path: string) => test.ask("POST", `/api/pulls/${path}/merge`);

  it("merges on a forge of our own", async () => {
    expect(await merge("acme/shop/1")).toMatchObject({
      status: 200,
      body: { merged: true, commit: "c0ffee" },
    });
  });

  it("names the files of a conflict", async () => {
    const answer = await merge("acme/shop/2");
    expect(answer).toMatchObject({ status: 409, body: { reason: "conflict", files: ["src/price.ts"] } });
  });

  it("leaves every other forge to people: 409 not_here", async () => {
    const answer = await merge("acme/elsewhere/1");
    expect(answer).toMatchObject({ status: 409, body: { reason: "not_here", files: [] } });
  });

  it("answers 404 to a pull request that is not there and 400 to what is no number", async () => {
    expect((await merge("acme/shop/99")).status).toBe(404);
    for (const number of ["0", "-1", "1.5", "x", "99999999999"])
      expect((await merge(`acme/shop/${number}`)).status).toBe(400);
  });
});
