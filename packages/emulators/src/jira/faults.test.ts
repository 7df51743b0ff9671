import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Fault } from "../shared/faults.ts";
import { vendorSchema } from "../testing/schemas.ts";
import type { JiraRequest } from "./api.ts";
import { type OpenJira, openJira, paragraph } from "./testing/open-jira.ts";

const schemaFile = vendorSchema("jira.openapi.json");

describe.skipIf(schemaFile === null)("the Jira emulator breaks on command", () => {
  let jira: OpenJira;
  let id: string;
  beforeEach(async () => {
    jira = await openJira(schemaFile ?? "");
    id = jira.emulator.site.addIssue({ projectKey: "ACME", summary: "One" }).id;
  });
  afterEach(() => jira.close());

  /** Strikes once. */
  const once = (fault: Fault): void => {
    let pending = true;
    jira.emulator.setFaults(() => {
      const struck = pending;
      pending = false;
      return struck ? fault : null;
    });
  };
  const comment = (): Promise<Response> =>
    fetch(`${jira.emulator.url}/ex/jira/cloud-1/rest/api/3/issue/${id}/comment`, {
      method: "POST",
      headers: { authorization: "Bearer jira-token", "content-type": "application/json" },
      body: JSON.stringify({ body: paragraph("Hello") }),
      signal: AbortSignal.timeout(2_000),
    });
  /** The answer has arrived, and so has what was under way meanwhile. */
  const heard = async (): Promise<void> => {
    await sleep(300);
    await nextTurn();
  };
  const written = (): number => jira.emulator.site.comments(id).length;

  test("a late answer is right", async () => {
    once({ kind: "latency", ms: 20 });
    expect((await comment()).status).toBe(201);
    expect(written()).toBe(1);
  });

  test("a rate limit tells its reset, and a request before it is early", async () => {
    once({ kind: "rate-limited", resetMs: 60_000 });
    const refused = await comment();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("ratelimit-reason")).toBe("jira-burst-based");
    expect(Date.parse(refused.headers.get("x-ratelimit-reset") ?? "")).toBeGreaterThan(Date.now());
    expect(written()).toBe(0);
    await heard();
    await jira.call("GET", "/myself");
    expect(jira.emulator.requests().map(({ early }: JiraRequest) => early)).toEqual([false, true]);
  });

  test("a limit on one issue makes no other request early", async () => {
    await jira.close();
    jira = await openJira(schemaFile ?? "", { writesPerIssue: { count: 3, windowMs: 60_000 } });
    id = jira.emulator.site.addIssue({ projectKey: "ACME", summary: "One" }).id;
    const other = jira.emulator.site.addIssue({ projectKey: "ACME", summary: "Two" });
    const edit = (issue: string, summary: string) =>
      jira.call("PUT", `/issue/${issue}`, { fields: { summary } });
    for (let count = 0; count < 3; count += 1) expect((await edit(id, `Summary ${count}`)).status).toBe(204);
    const refused = await edit(id, "One too many");
    expect([refused.status, refused.headers.get("ratelimit-reason")]).toEqual([
      429,
      "jira-per-issue-on-write",
    ]);
    await heard();
    await edit(other.key, "Other");
    await jira.call("GET", `/issue/${id}`);
    await edit("acme-1", "Still too many");
    expect(
      jira.emulator
        .requests()
        .slice(-4)
        .map(({ early }) => early),
    ).toEqual([false, false, false, true]);
  });

  test.each([
    [{ kind: "server-error" }, 503],
    [{ kind: "server-error", status: 502 }, 502],
  ] as const)("a server error does nothing: %j", async (fault, status) => {
    once(fault);
    expect((await comment()).status).toBe(status);
    expect(written()).toBe(0);
  });

  test("a connection is cut before the work, or after it", async () => {
    once({ kind: "reset-before" });
    await expect(comment()).rejects.toThrow();
    expect(written()).toBe(0);
    once({ kind: "reset-after" });
    await expect(comment()).rejects.toThrow();
    expect(written()).toBe(1);
  });

  test("an answer never comes, and holds up nothing", async () => {
    once({ kind: "hang" });
    await expect(comment()).rejects.toThrow();
    expect(written()).toBe(0);
    expect((await comment()).status).toBe(201);
  });

  test("an answer is empty, or cut off", async () => {
    once({ kind: "empty" });
    const empty = await comment();
    expect([empty.status, await empty.text(), written()]).toEqual([200, "", 0]);
    once({ kind: "cut-off" });
    const cut = await comment();
    const text = await cut.text();
    expect([cut.status, written()]).toEqual([200, 1]);
    expect(() => JSON.parse(text) as unknown).toThrow();
  });

  test("a fault is chosen by what is asked, which is validated all the same", async () => {
    jira.emulator.setFaults(({ path }) => (path.endsWith("/comment") ? { kind: "server-error" } : null));
    expect((await comment()).status).toBe(503);
    expect((await jira.call("GET", "/myself")).status).toBe(200);
    expect(jira.emulator.conformance()).toEqual({ vendor: "Jira", validated: 2, violations: [] });
  });
});
