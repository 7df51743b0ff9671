import { describe, expect, test } from "vitest";
import { boundToIssue, failureOf, RefusedRequest, UnknownSite } from "./jira-failure.ts";

const now = Date.UTC(2026, 10, 22, 9);

const answer = (status: number, body: unknown = "", headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers: new Headers(headers),
  text: typeof body === "string" ? body : JSON.stringify(body),
});

const said = (...errorMessages: string[]) => ({ errorMessages, errors: {} });

describe("§9 every failure of Jira is told apart", () => {
  test.each([200, 201, 204])("%d is none", (status) => {
    expect(failureOf(answer(status), now)).toBeNull();
  });

  test("401 names the setting", () => {
    const failure = failureOf(answer(401, { code: 401, message: "Unauthorized" }), now);
    expect(failure).toMatchObject({ failure: "unauthorised", retryable: true });
    expect(failure?.message).toBe("JIRA_TOKEN is not accepted by Jira: Unauthorized");
  });

  test("401 for a scope is a scope that is missing, not a wrong token", () => {
    const failure = failureOf(answer(401, { code: 401, message: "Unauthorized; scope does not match" }), now);
    expect(failure).toMatchObject({ failure: "forbidden", retryable: true });
    expect(failure?.message).toContain("write:jira-work");
  });

  test("403 is a permission that is missing", () => {
    const failure = failureOf(answer(403, said("You may not.")), now);
    expect(failure).toMatchObject({ failure: "forbidden", retryable: true });
    expect(failure?.message).toContain("You may not.");
  });

  test("404 of Jira is an issue that is gone, for good", () => {
    expect(failureOf(answer(404, said("Issue does not exist.")), now)).toMatchObject({
      failure: "not-found",
      retryable: false,
    });
  });

  test("404 of the gateway is a wrong cloud id: nothing is gone", () => {
    const failure = failureOf(answer(404, { status: 404, message: "No message available" }), now);
    expect(failure).toBeInstanceOf(UnknownSite);
    expect(failure).toMatchObject({ retryable: true });
    expect(failure?.message).toContain("JIRA_CLOUD_ID");
  });

  test("400 keeps Jira's own sentences, and the fields that they are about", () => {
    const failure = failureOf(
      answer(400, { errorMessages: ["No."], errors: { customfield_1: "Not that." } }),
      now,
    );
    expect(failure).toBeInstanceOf(RefusedRequest);
    expect(failure).toMatchObject({ failure: "invalid", retryable: false, fields: ["customfield_1"] });
    expect(failure?.message).toBe("Jira refused a request: No. customfield_1: Not that.");
  });

  test("what it says is one plain line, and words of the wrong type are left out", () => {
    const failure = failureOf(
      answer(404, { errorMessages: ["Not\n\u0007here."], errors: { a: { b: 1 } }, message: 5 }),
      now,
    );
    expect(failure).toMatchObject({ failure: "not-found", message: "Jira does not know it: Not here. a" });
  });

  test("413 is too large, for good", () => {
    const failure = failureOf(answer(413), now);
    expect(failure).toMatchObject({ failure: "invalid", retryable: false });
    expect(failure?.message).toContain("large");
  });

  test.each([500, 502, 503])("%d may pass", (status) => {
    expect(failureOf(answer(status, "<html>Oops</html>"), now)).toMatchObject({
      failure: "unavailable",
      retryable: true,
      retryAfterMs: undefined,
    });
  });

  test("503 with a wish is waited for", () => {
    expect(failureOf(answer(503, "", { "retry-after": "7" }), now)).toMatchObject({ retryAfterMs: 7_000 });
  });
});

describe("§7.2 a rate limit", () => {
  test.each([
    [{ "retry-after": "5" }, 5_000],
    [{ "retry-after": "Sun, 22 Nov 2026 09:00:20 GMT" }, 20_000],
    [{ "x-ratelimit-reset": "2026-11-22T09:01Z" }, 60_000],
    [{ "retry-after": "5", "x-ratelimit-reset": "2026-11-22T09:00:09Z" }, 9_000],
    [{ "retry-after": "5", "x-ratelimit-reset": "soon" }, 5_000],
    [{ "x-ratelimit-reset": "2020-01-01T00:00Z" }, 1_000],
    [{ "retry-after": "-5" }, 1_000],
    [{ "retry-after": "0" }, 1_000],
    [{ "retry-after": "86400" }, 86_400_000],
    [{ "retry-after": "315360000" }, 3_600_000],
    [{ "retry-after": "9".repeat(400) }, 30_000],
    [{ "x-ratelimit-reset": "2036-01-01T00:00Z" }, 3_600_000],
    [{}, 30_000],
  ])("%j is a wait of %d ms", (headers, retryAfterMs) => {
    expect(failureOf(answer(429, "", headers as Record<string, string>), now)).toMatchObject({
      failure: "rate-limited",
      retryable: true,
      retryAfterMs,
    });
  });

  test("is of one issue or of all, by its reason", () => {
    const reason = (text: string) => answer(429, "", { "ratelimit-reason": text });
    expect(boundToIssue(reason("jira-per-issue-on-write"))).toBe(true);
    expect(boundToIssue(reason("jira-burst-based"))).toBe(false);
    expect(boundToIssue(answer(429))).toBe(false);
  });
});
