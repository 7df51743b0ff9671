import {
  pageOf,
  type RepositoryStatus,
  repositoryStatusSchema,
  syncAnswerSchema,
} from "@ai-implement/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { DeliveryError } from "../../ports/delivery-error.ts";
import { VendorError } from "../../ports/vendor-error.ts";
import type { PullStandingOutcome } from "../../services/repository/pull-standings.ts";
import type { SyncOutcome } from "../../services/templates/template-sync.ts";
import { mapping } from "../testing/fixtures.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let test: TestApp;
afterEach(() => test.app.close());

const answer = syncAnswerSchema.parse({
  outcome: "proposed",
  pullRequest: { number: 4, url: "https://github.test/acme/shop/pull/4" },
  files: [
    { path: ".github/workflows/claude-implement.yml", state: "renamed", foundAt: ".github/workflows/r.yml" },
  ],
});

describe("POST /api/mappings/:teamKey/sync-workflows (§12)", () => {
  const syncWith = async (sync: (teamKey: string) => Promise<SyncOutcome>) => {
    test = await createTestApp({ templateSync: { sync } });
    return test.ask("POST", "/api/mappings/demo/sync-workflows");
  };

  it("answers with the pull request and how each file was found", async () => {
    const asked: string[] = [];
    const { status, body } = await syncWith(async (teamKey) => {
      asked.push(teamKey);
      return { kind: "done", answer };
    });
    expect({ status, body, asked }).toEqual({ status: 200, body: answer, asked: ["demo"] });
  });

  it("answers 404 without such a project, and 409 with the reason where nothing is to be synchronised", async () => {
    expect(await syncWith(async () => ({ kind: "not-found" }))).toMatchObject({
      status: 404,
      body: { error: 'There is no mapping "demo".' },
    });
    await test.app.close();
    const why = "The runs of demo go to process.";
    expect(await syncWith(async () => ({ kind: "not-here", why }))).toMatchObject({
      status: 409,
      body: { error: why },
    });
  });

  it.each([
    [502, new VendorError("forbidden", "The App may not write workflows to acme/shop.")],
    [502, new DeliveryError("GitHub did not answer within 15 s", { retryable: true })],
    [429, new VendorError("rate-limited", "GitHub's rate limit is used up.", { retryAfterMs: 30_000 })],
  ])("answers %i with the code host's own reason", async (expected, error) => {
    const { status, headers, body } = await syncWith(() => Promise.reject(error));
    expect({ status, body }).toEqual({ status: expected, body: { error: error.message } });
    if (expected === 429) expect(headers["retry-after"]).toBe("30");
    expect(test.log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("is for those who are signed in, like every route here", async () => {
    test = await createTestApp();
    for (const [method, url] of [
      ["POST", "/api/mappings/demo/sync-workflows"],
      ["GET", "/api/mappings/demo/repository"],
      ["GET", "/api/admin/template-status"],
      ["GET", "/api/pulls/acme/shop/1/standing"],
    ] as const)
      expect((await test.app.inject({ method, url })).statusCode).toBe(401);
  });
});

describe("the status of repositories (§12)", () => {
  const statusOf = (teamKey: string, overrides: Partial<RepositoryStatus> = {}): RepositoryStatus => ({
    teamKey,
    repository: "acme/shop",
    checkedAt: "2026-11-22T09:00:00.000Z",
    files: [{ path: ".github/workflows/claude-plan.yml", state: "stale" }],
    image: "ghcr.io/acme/runner:2",
    problems: [{ file: ".ai-implement/config.yml", problem: "line 1: no", fix: "Mend it." }],
    error: null,
    ...overrides,
  });

  it("of one project, or 404", async () => {
    test = await createTestApp({
      repositoryStatuses: {
        find: async (teamKey) => (teamKey === "demo" ? statusOf(teamKey) : null),
        list: async () => [],
      },
    });
    expect(await test.ask("GET", "/api/mappings/demo/repository")).toMatchObject({
      status: 200,
      body: statusOf("demo"),
    });
    expect((await test.ask("GET", "/api/mappings/none/repository")).status).toBe(404);
  });

  it("of all, a page at a time, and nobody is asked about those of another page", async () => {
    const asked: (readonly string[])[] = [];
    test = await createTestApp({
      repositoryStatuses: {
        find: async () => null,
        list: async (teamKeys) => {
          asked.push(teamKeys);
          return teamKeys.map((key) =>
            key === "beta" ? statusOf(key, { files: null, error: "GitHub is down." }) : statusOf(key),
          );
        },
      },
    });
    for (const teamKey of ["gamma", "alpha", "beta"])
      await test.ask("POST", "/api/mappings", { payload: mapping({ teamKey }) });
    const page = pageOf(repositoryStatusSchema);
    const first = page.parse((await test.ask("GET", "/api/admin/template-status?limit=2")).body);
    const url = `/api/admin/template-status?limit=2&cursor=${first.nextCursor}`;
    const second = page.parse((await test.ask("GET", url)).body);
    expect(asked).toEqual([["alpha", "beta"], ["gamma"]]);
    expect(first.items[1]).toMatchObject({ teamKey: "beta", files: null, error: "GitHub is down." });
    expect(second.nextCursor).toBeNull();
    expect((await test.ask("GET", "/api/admin/template-status?cursor=nonsense")).status).toBe(400);
  });
});

describe("GET /api/pulls/:owner/:repo/:number/standing (§13)", () => {
  const standing = { mergeable: null, checks: "pending", approvals: 1, changesRequested: 0 } as const;
  const askWith = async (outcome: PullStandingOutcome | Error) => {
    test = await createTestApp({
      pullStandings: {
        find: async ({ owner, name }, number) => {
          if (outcome instanceof Error) throw outcome;
          return owner === "acme" && name === "shop" && number === 3 ? outcome : { kind: "not-found" };
        },
      },
    });
    return test.ask("GET", "/api/pulls/acme/shop/3/standing");
  };

  it("is the code host's word of now", async () => {
    expect(await askWith({ kind: "standing", standing })).toMatchObject({ status: 200, body: standing });
    expect((await test.ask("GET", "/api/pulls/acme/shop/4/standing")).status).toBe(404);
    expect((await test.ask("GET", "/api/pulls/acme/shop/0/standing")).status).toBe(400);
  });

  it("is 409 where nobody reviews, and 502 where the code host fails", async () => {
    expect(await askWith({ kind: "not-here" })).toMatchObject({ status: 409 });
    await test.app.close();
    expect(await askWith(new VendorError("unavailable", "GitHub answers 503."))).toMatchObject({
      status: 502,
      body: { error: "GitHub answers 503." },
    });
  });
});
