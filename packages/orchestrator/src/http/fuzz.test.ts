import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  details,
  instance,
  knownPullRequest,
  knownTicket,
  run,
  runId,
  skipped,
  startOfTests,
} from "./testing/fixtures.ts";
import { createTestApp, type TestApp } from "./testing/test-app.ts";

let test: TestApp;
let token: string;
beforeAll(async () => {
  test = await createTestApp({
    contents: {
      runs: [{ run: run(), pullRequest: null }],
      details: [details()],
      knownTickets: [knownTicket(skipped("parked", "POST /api/parked/:ticketId/clear"))],
      pullRequests: [knownPullRequest(1)],
      leases: [{ ticketId: "folder:demo/DEMO-1.md", phase: "plan", runId, until: startOfTests + 60_000 }],
    },
  });
  token = await test.signIn();
});
afterAll(() => test.app.close());

const segment = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom("demo", "1", "%00", "%zz", "..", "folder%3Ademo%2FDEMO-1.md", "x".repeat(5_000), runId),
);

const route = fc.constantFrom(
  "GET /",
  "GET /livez",
  "GET /readyz",
  "POST /runner/claim",
  "POST /runner/progress",
  "POST /runner/result",
  "POST /api/linear/webhook",
  "POST /api/jira/webhook",
  "POST /api/auth",
  "GET /api/openapi.json",
  "GET /api/mappings",
  "POST /api/mappings",
  "GET /api/mappings/:x",
  "PATCH /api/mappings/:x",
  "DELETE /api/mappings/:x",
  "GET /api/log",
  "GET /api/jobs/:x/steps",
  "GET /api/issues",
  "GET /api/blockers",
  "POST /api/issues/:x/approve",
  "POST /api/issues/:x/cancel",
  "POST /api/parked/:x/clear",
  "GET /api/pulls",
  "POST /api/pulls/:x/:x/:x/merge",
  "GET /api/pulls/:x/:x/:x/standing",
  "POST /api/mappings/:x/sync-workflows",
  "GET /api/mappings/:x/repository",
  "GET /api/admin/template-status",
  "GET /api/dedup",
  "DELETE /api/dedup/:x",
  "POST /api/jira/validate-jql",
  "GET /api/jira/fields",
  "GET /api/jira/field-options",
  "GET /:x",
  "POST /:x/:x",
);

const nearlyRight = fc.record(
  {
    instance: fc.constantFrom(instance, "x"),
    runId: fc.constantFrom(runId, "x"),
    steps: fc.jsonValue(),
    report: fc.jsonValue(),
    teamKey: fc.jsonValue(),
    code: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const body = fc.oneof(
  fc.constant(undefined),
  fc.json(),
  nearlyRight.map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    '{"__proto__":1}',
    '{"constructor":{"prototype":1}}',
    "[".repeat(20_000),
    `"${"x".repeat(300_000)}"`,
  ),
);

const printable = fc.string({ unit: "grapheme-ascii", maxLength: 60 });
const headers = fc.record(
  {
    "content-type": fc.constantFrom(
      "application/json",
      "application/json; charset=utf-16",
      "text/plain",
      ";",
    ),
    "if-match": fc.oneof(printable, fc.constant('"1"')),
    authorization: fc.oneof(printable, fc.constant("session"), fc.constant("Bearer run-token")),
    "x-forwarded-for": printable,
    "content-encoding": fc.constantFrom("gzip", "identity"),
  },
  { requiredKeys: [] },
);

const query = fc.oneof(
  fc.constant(""),
  printable.map((text) => `?${encodeURIComponent(text)}`),
  fc
    .tuple(fc.constantFrom("cursor", "limit", "teamKey", "phase", "status", "state"), segment)
    .map(([name, value]) => `?${name}=${value}`),
);

describe("Any request at any route (§11.9)", () => {
  it("is answered with JSON and never with a 5xx", async () => {
    const request = fc.record({
      route,
      segments: fc.array(segment, { minLength: 3, maxLength: 3 }),
      headers,
      body,
      query,
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ route, segments, headers, body, query }) => {
        const [method = "GET", pattern = "/"] = route.split(" ");
        const remaining = [...segments];
        const url = pattern.replaceAll(":x", () => remaining.pop() ?? "x") + query;
        // Most requests are signed in: a 401 would hide what lies behind it.
        const { authorization = "session" } = headers;
        const answer = await test.app.inject({
          method: method as "GET",
          url,
          headers: {
            ...headers,
            authorization: authorization === "session" ? `Bearer ${token}` : authorization,
          },
          ...(body === undefined ? {} : { payload: body }),
        });
        expect(answer.statusCode, answer.body).toBeLessThan(500);
        if (answer.body !== "") expect(answer.json()).toBeDefined();
        if (answer.statusCode >= 400) expect(answer.json()).toHaveProperty("error");
      }),
      { numRuns: 1_500 },
    );
    expect(test.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});
