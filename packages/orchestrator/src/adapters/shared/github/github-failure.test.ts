import { describe, expect, test } from "vitest";
import { type Asked, failureOf } from "./github-failure.ts";

const now = 1_800_000_000_000;
const asked: Asked = { method: "POST", path: "/repos/acme/tally/pulls", account: "acme" };

const answer = (status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers: new Headers(headers),
  text: typeof body === "string" ? body : JSON.stringify(body),
});
const failure = (...given: Parameters<typeof answer>) => failureOf(answer(...given), asked, now);

test.each([200, 201, 202, 204, 302, 304])("%i is no failure", (status) => {
  expect(failure(status)).toBeNull();
});

describe("§9 a limit that is spent", () => {
  test.each([
    [429, {}, { "retry-after": "30" }, 30_000],
    [403, {}, { "retry-after": "30" }, 30_000],
    [403, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000090" }, 90_000],
    [429, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000090" }, 90_000],
    [403, { message: "You have exceeded a secondary rate limit." }, {}, 60_000],
    [403, { message: "API rate limit exceeded for installation ID 1." }, {}, 60_000],
    [429, "<html>", {}, 60_000],
    // Over by our clock, absurdly long, or no number: spent is spent, for a bearable time.
    [429, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000000" }, 1_000],
    [429, {}, { "retry-after": "99999999" }, 3_600_000],
    [429, {}, { "retry-after": "soon" }, 60_000],
  ])("%i %j %j waits for %i ms, and nothing was done", (status, body, headers, retryAfterMs) => {
    expect(failure(status, body, headers)).toMatchObject({
      failure: "rate-limited",
      retryAfterMs,
      nothingDone: true,
      retryable: true,
      status,
    });
  });

  test("a 403 with something left to spend is none", () => {
    const headers = { "x-ratelimit-remaining": "12", "x-ratelimit-reset": "1800000090" };
    expect(failure(403, { message: "No" }, headers)).toMatchObject({ failure: "forbidden" });
  });
});

describe("what an operator can do is said", () => {
  test.each([
    ["contents=write", "contents: write"],
    ["pull_requests=write,contents=read", "pull_requests: write and contents: read"],
    ["issues=write; pull_requests=write", "issues: write or pull_requests: write"],
  ])("the missing permission %s is named", (header, words) => {
    const message = "Resource not accessible by integration";
    const refused = failure(403, { message }, { "x-accepted-github-permissions": header });
    expect(refused).toMatchObject({ failure: "forbidden", retryable: true });
    expect(refused?.message).toContain(`on acme lacks the permission ${words}.`);
    expect(refused?.message).toContain("Permissions & events");
  });

  test("where only the words name it, those do", () => {
    const message =
      "refusing to allow a GitHub App to create or update workflow `a.yml` without `workflows` permission";
    expect(failure(403, { message })?.message).toContain("lacks the permission workflows: write");
    expect(failure(422, { message })).toMatchObject({ failure: "forbidden" });
  });

  test("where nothing names it, what the installation is known to lack is", () => {
    const message = "Resource not accessible by integration";
    const lacks = ["contents: write"];
    const refused = failureOf(answer(403, { message }), { ...asked, lacks }, now);
    expect(refused?.message).toContain("on acme lacks the permission contents: write.");
    expect(failure(403, { message })?.message).toContain(
      "the permission that POST /repos/acme/tally/pulls needs",
    );
  });

  test("a suspended installation, an archived repository and a moved one", () => {
    const suspended = failure(403, { message: "This installation has been suspended" });
    expect(suspended?.message).toContain("The installation of the GitHub App on acme is suspended.");
    expect(failure(403, { message: "Repository was archived so is read-only." })).toMatchObject({
      failure: "invalid",
      retryable: false,
      message: expect.stringContaining("Unarchive it") as string,
    });
    expect(failure(301, { message: "Moved Permanently" })).toMatchObject({
      failure: "forbidden",
      message: expect.stringContaining("correct the project's owner and repo") as string,
    });
  });

  test("the App's own 401 names both settings and the clock, a token's names neither", () => {
    const own = failureOf(
      answer(401, { message: "A JSON web token could not be decoded" }),
      { ...asked, account: null },
      now,
    );
    expect(own).toMatchObject({ failure: "unauthorised" });
    expect(own?.message).toMatch(/GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY .* clock/);
    expect(failure(401)?.message).not.toContain("GITHUB_APP");
  });
});

test("a refusal tells GitHub's own errors in one line, however they are written", () => {
  const refused = failure(422, {
    message: "Validation\n\u202eFailed",
    errors: [
      "plain",
      { message: "No commits between main and x" },
      { resource: "PullRequest", field: "head", code: "invalid" },
    ],
  });
  expect(refused).toMatchObject({ failure: "invalid", retryable: false });
  expect(refused?.message).toBe(
    "GitHub answered 422 to POST /repos/acme/tally/pulls: Validation Failed; plain; No commits between main and x; PullRequest head invalid",
  );
  expect(failure(422, { message: "x".repeat(100_000) })?.message.length).toBeLessThan(1_200);
  expect(failure(422, { message: 7, errors: { no: "list" } })).toMatchObject({ failure: "invalid" });
  expect(failure(422, "[".repeat(100_000))).toMatchObject({ failure: "invalid" });
});

test.each([
  [400, "invalid"],
  [404, "not-found"],
  [408, "timeout"],
  [409, "invalid"],
  [410, "not-found"],
  [500, "unavailable"],
  [502, "unavailable"],
] as const)("%i is %s", (status, expected) => {
  expect(failure(status)).toMatchObject({ failure: expected });
});

test("an outage that names a time has it", () => {
  expect(failure(503, {}, { "retry-after": "7" })).toMatchObject({
    failure: "unavailable",
    retryAfterMs: 7_000,
  });
});
