import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import type { JiraEmulator } from "./api.ts";
import { startJiraEmulator } from "./emulator.ts";

const schemaFile = vendorSchema("jira.openapi.json");

/** Requests that must not be sent: its conformance is looked at, not required. */
describe.skipIf(schemaFile === null)("the way to Jira", () => {
  let emulator: JiraEmulator;
  beforeEach(async () => {
    const openApi: unknown = JSON.parse(readFileSync(schemaFile ?? "", "utf8"));
    emulator = await startJiraEmulator({ openApi, token: "secret", cloudId: "here" });
  });
  afterEach(() => emulator.close());

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${emulator.url}${path}`, {
      ...init,
      headers: { authorization: "Bearer secret", "content-type": "application/json", ...init.headers },
    });
  const post = (path: string, body: unknown) =>
    ask(`/ex/jira/here/rest/api/3${path}`, { method: "POST", body: JSON.stringify(body) });

  test.each(["Bearer wrong", "secret", ""])("the token %j is answered with 401", async (authorization) => {
    const response = await ask("/ex/jira/here/rest/api/3/myself", { headers: { authorization } });
    expect([response.status, await response.json()]).toEqual([401, { code: 401, message: "Unauthorized" }]);
  });

  test.each(["/ex/jira/there/rest/api/3/myself", "/rest/api/3/myself", "/ex/jira/here/other", "/"])(
    "%s is not found",
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  test("a body that is not said to be JSON is refused", async () => {
    const response = await ask("/ex/jira/here/rest/api/3/search/jql", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "text/plain" },
    });
    expect(response.status).toBe(415);
  });

  test.each([
    ["/search/jql", { jql: "project = A", colour: "red" }, "additional properties (colour)"],
    ["/search/jql", { jql: 5 }, "body/jql must be string"],
    ["/search/jql?colour=red", { jql: "x" }, "query parameter colour is unknown"],
    ["/search/jql", "not an object", "body must be object"],
    ["/jql/parse", { queries: [] }, "query parameter validation is required"],
    ["/no/such/path", {}, "there is no such path"],
  ])("POST %s with %j is recorded and answered with 400", async (path, body, violation) => {
    const response = await post(path, body);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(violation);
    expect(emulator.conformance()).toEqual({
      vendor: "Jira",
      validated: 1,
      violations: [expect.stringContaining(violation) as unknown],
    });
  });

  test("a body that is not JSON is recorded too", async () => {
    const response = await ask("/ex/jira/here/rest/api/3/search/jql", { method: "POST", body: "{" });
    expect(response.status).toBe(400);
    expect(emulator.conformance().violations).toHaveLength(1);
  });

  test("an operation that Jira has and the emulator does not is said to be so", async () => {
    const response = await ask("/ex/jira/here/rest/api/3/dashboard");
    expect(response.status).toBe(501);
    expect(JSON.stringify(await response.json())).toContain("getAllDashboards");
  });

  test("requests are recorded below the cloud id, with query and body", async () => {
    await post("/jql/parse?validation=none", { queries: ["x"] });
    expect(emulator.requests()).toEqual([
      {
        at: expect.any(Number) as number,
        method: "POST",
        path: "/rest/api/3/jql/parse",
        query: { validation: "none" },
        body: { queries: ["x"] },
        early: false,
      },
    ]);
  });
});
