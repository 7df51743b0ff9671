import { readFile } from "node:fs/promises";
import { errorSchema } from "@ai-implement/contracts";
import type { JiraEmulator } from "@ai-implement/emulators/jira/api.ts";
import { startJiraEmulator } from "@ai-implement/emulators/jira/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJiraTracker } from "../../adapters/tracker/jira/jira-tracker.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const errorOf = (body: unknown): string => errorSchema.strict().parse(body).error;

const schemaFile = vendorSchema("jira.openapi.json");
const routes = [
  ["POST", "/api/jira/validate-jql", { payload: { jql: "project = SHOP" } }],
  ["GET", "/api/jira/fields", {}],
  ["GET", "/api/jira/field-options?fieldId=customfield_10500", {}],
] as const;

describe("the Jira set-up API without Jira (§13)", () => {
  it.each(routes)("%s %s is refused with the settings' names", async (method, url, more) => {
    const test = await createTestApp();
    const { status, body } = await test.ask(method, url, more);
    await test.app.close();
    expect(status).toBe(404);
    expect(body).toEqual({
      error: "Jira is not configured here: set JIRA_TOKEN, JIRA_CLOUD_ID and JIRA_SITE_URL.",
    });
  });
});

describe.skipIf(schemaFile === null)("the Jira set-up API (§13)", () => {
  let jira: JiraEmulator;
  let test: TestApp;
  beforeEach(async () => {
    const openApi = JSON.parse(await readFile(schemaFile ?? "", "utf8")) as unknown;
    jira = await startJiraEmulator({ openApi, token: "jira-token-of-the-tests" });
    jira.site.addProject({ key: "SHOP" });
    test = await appWith("jira-token-of-the-tests");
  });
  afterEach(async () => {
    await Promise.all([test.app.close(), jira.close()]);
    requireConformance(jira.conformance());
  });

  const appWith = (token: string, timeoutMs = 15_000): Promise<TestApp> => {
    const clock = { now: () => Date.now() };
    const access = { token, cloudId: "cloud-1", apiUrl: jira.url, siteUrl: "https://acme.example", clock };
    const jiraDirectory = createJiraTracker({ ...access, gate: { timeoutMs, retries: 0 } });
    return createTestApp({ jiraDirectory });
  };

  /** Of every route, with a sentence, and nothing that looks like a fault of ours in the log. */
  const expectBadGateway = async (): Promise<void> => {
    for (const [method, url, more] of routes) {
      const { status, body } = await test.ask(method, url, more);
      expect(status).toBe(502);
      expect(errorOf(body)).toMatch(/Jira/);
    }
    expect(test.log.filter(({ level }) => level === "error")).toEqual([]);
  };

  const validate = (jql: string) => test.ask("POST", "/api/jira/validate-jql", { payload: { jql } });

  it("is for those who are signed in", async () => {
    for (const [method, url, more] of routes)
      expect((await test.app.inject({ method, url, ...more })).statusCode).toBe(401);
    expect(jira.requests()).toEqual([]);
  });

  it("says of a JQL whether Jira takes it, and why not in Jira's words", async () => {
    expect(await validate("project = SHOP AND labels = backend")).toMatchObject({
      status: 200,
      body: { valid: true, errors: [] },
    });
    for (const wrong of ["project = = SHOP", "project = NOWHERE", 'summary ~ "'])
      expect(await validate(wrong)).toMatchObject({
        status: 200,
        body: { valid: false, errors: [expect.stringMatching(/\S/)] },
      });
  });

  it("does not send on what cannot be a JQL", async () => {
    expect((await validate("")).status).toBe(400);
    expect((await validate("x".repeat(10_001))).status).toBe(400);
    expect(jira.requests()).toEqual([]);
  });

  it("lists the fields by name, page by page, each once", async () => {
    for (const name of ["Robot", "AI-Implement Status"])
      jira.site.addField({ name, type: "select", options: [] });
    const names: string[] = [];
    let cursor = "";
    do {
      const { status, body } = await test.ask("GET", `/api/jira/fields?limit=2${cursor}`);
      expect(status).toBe(200);
      const page = body as { items: { name: string; custom: boolean }[]; nextCursor: string | null };
      names.push(...page.items.filter(({ custom }) => custom).map(({ name }) => name));
      cursor = page.nextCursor === null ? "" : `&cursor=${page.nextCursor}`;
    } while (cursor !== "");
    expect(names).toEqual(["AI-Implement Status", "Robot"]);
  });

  it("lists the options of a field, and says where there is no such field", async () => {
    const fieldId = jira.site.addField({ name: "Robot", type: "select", options: ["Ready", "Merged"] });
    const options = await test.ask("GET", `/api/jira/field-options?fieldId=${fieldId}`);
    expect(options).toMatchObject({
      status: 200,
      body: {
        items: [
          { value: "Merged", disabled: false },
          { value: "Ready", disabled: false },
        ],
        nextCursor: null,
      },
    });
    const unknown = await test.ask("GET", "/api/jira/field-options?fieldId=customfield_99999");
    expect(unknown.status).toBe(404);
    expect((await test.ask("GET", "/api/jira/field-options?fieldId=../user")).status).toBe(400);
  });

  it("passes Jira's rate limit on, with the time that Jira asks for (§7.2)", async () => {
    jira.setFaults(() => ({ kind: "rate-limited", resetMs: 60_000 }));
    const { status, headers, body } = await test.ask("GET", "/api/jira/fields");
    expect(status).toBe(429);
    expect(Number(headers["retry-after"])).toBeGreaterThan(30);
    expect(errorOf(body)).toContain("rate limit");
    jira.setFaults(() => null);
    expect((await test.ask("GET", "/api/jira/fields")).status).toBe(429);
    expect(jira.requests().filter(({ early }) => early)).toEqual([]);
  });

  it.each([
    ["is down", { kind: "server-error" }],
    ["cuts the connection", { kind: "reset-before" }],
    ["answers with nothing", { kind: "empty" }],
    ["answers with half of it", { kind: "cut-off" }],
  ] as const)("answers 502 with a sentence where Jira %s", async (_, fault) => {
    jira.setFaults(() => fault);
    await expectBadGateway();
  });

  it("answers 502 in time where Jira hangs", async () => {
    await test.app.close();
    test = await appWith("jira-token-of-the-tests", 300);
    jira.setFaults(() => ({ kind: "hang" }));
    await expectBadGateway();
  });

  it("says that the token is wrong, and not which it was", async () => {
    await test.app.close();
    test = await appWith("a-token-of-no-known-format");
    const { status, body } = await test.ask("GET", "/api/jira/fields");
    expect(status).toBe(502);
    expect(errorOf(body)).toContain("JIRA_TOKEN");
    expect(JSON.stringify(body)).not.toContain("no-known-format");
  });
});
