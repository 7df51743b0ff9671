import { describe, expect, test } from "vitest";
import { type Answer, readAnswer } from "./read-answer.ts";

const now = Date.UTC(2026, 10, 22, 9);

const answerOf = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  readAnswer(
    {
      status,
      headers: new Headers(headers),
      text: typeof body === "string" ? body : JSON.stringify(body),
    },
    now,
  );

const failing = (message: string, extensions: object, path?: readonly string[]) => ({
  errors: [{ message, extensions, ...(path === undefined ? {} : { path }) }],
});

describe("§7.2 the failures of Linear are told apart", () => {
  test.each([
    [401, "Authentication required", { code: "AUTHENTICATION_ERROR" }, "unauthorised", true],
    [400, "Authentication required", { type: "authentication error" }, "unauthorised", true],
    [200, "Invalid scope: `write` required", { code: "FORBIDDEN", type: "forbidden" }, "forbidden", true],
    [400, "Rate limit exceeded", { code: "RATELIMITED", type: "ratelimited" }, "rate-limited", true],
    [400, "Query too complex", { code: "INPUT_ERROR", type: "invalid input" }, "too-complex", false],
    [200, "Entity not found: Issue", { code: "INPUT_ERROR", type: "invalid input" }, "not-found", false],
    [400, 'Cannot query field "x"', { code: "GRAPHQL_VALIDATION_FAILED" }, "invalid", false],
    [200, "body should not be empty", { code: "INPUT_ERROR" }, "invalid", false],
    [200, "Something broke", { code: "INTERNAL_SERVER_ERROR", type: "internal error" }, "unavailable", true],
    [200, "A word that nobody knows", { code: "BRAND_NEW" }, "unavailable", true],
    [500, "Something broke", { code: "BRAND_NEW" }, "unavailable", true],
  ] as const)("HTTP %i, %s: %j is %s", (status, message, extensions, failure, retryable) => {
    const answer = answerOf(status, failing(message, extensions));
    expect(answer).toMatchObject({ kind: "failed", error: { failure, retryable } });
  });

  test.each([
    [401, "", "unauthorised"],
    [403, "<html>", "forbidden"],
    [413, "<html>", "invalid"],
    [429, "", "rate-limited"],
    [503, "<html>", "unavailable"],
    [200, "", "malformed"],
    [200, '{"data":{"issues":', "malformed"],
    [200, { data: null }, "malformed"],
    [200, [], "malformed"],
  ] as const)("HTTP %i with %j is %s", (status, body, failure) => {
    expect(answerOf(status, body)).toMatchObject({ kind: "failed", error: { failure } });
  });

  test("a rate limit says when to come again", () => {
    const body = failing("Rate limit exceeded", { code: "RATELIMITED" });
    const headers = {
      "x-ratelimit-requests-remaining": "0",
      "x-ratelimit-requests-reset": String(now + 4_000),
    };
    expect(answerOf(400, body, headers)).toMatchObject({ error: { retryAfterMs: 4_000 } });
  });

  test("a part that failed makes the whole a failure, whatever stands beside it", () => {
    const body = {
      data: { issues: { nodes: [] } },
      errors: [{ message: "Broke", path: ["issues", "nodes"] }],
    };
    expect(answerOf(200, body)).toMatchObject({ kind: "failed", error: { failure: "unavailable" } });
  });

  test("the field that failed is named, unless it is true of all fields", () => {
    const missing = failing("Entity not found: Issue", { code: "INPUT_ERROR" }, ["write3"]);
    expect(answerOf(200, missing)).toMatchObject({ field: "write3" });
    const scope = failing("Invalid scope: `write` required", { code: "FORBIDDEN" }, ["write0"]);
    expect(answerOf(200, scope)).toMatchObject({ field: null });
  });

  test("what an operator mends is named, and a stranger's text is not quoted at length", () => {
    const key = answerOf(401, failing("x".repeat(10_000), { code: "AUTHENTICATION_ERROR" }));
    if (key.kind !== "failed") throw new Error("It did not fail.");
    expect(key.error.message).toContain("LINEAR_API_KEY");
    expect(key.error.message.length).toBeLessThan(600);
  });
});
