import { errorSchema, mappingSchema, pageOf, versionedMappingSchema } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mapping } from "../testing/fixtures.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

// vitest types its matchers as `any`.
const anyText: unknown = expect.any(String);

let test: TestApp;
beforeEach(async () => {
  test = await createTestApp();
});
afterEach(() => test.app.close());

const create = (overrides: Readonly<Record<string, unknown>> = {}) =>
  test.ask("POST", "/api/mappings", { payload: { ...mapping(), ...overrides } });

const patch = (payload: object, ifMatch?: string) =>
  test.ask("PATCH", "/api/mappings/demo", {
    payload,
    headers: ifMatch === undefined ? {} : { "if-match": ifMatch },
  });

describe("/api/mappings (§5.1, §13)", () => {
  it("creates a project with 201, its defaults filled in, its version and where it is", async () => {
    const required = {
      teamKey: "demo",
      owner: "acme",
      repo: "shop",
      defaultBranch: "main",
      ticketingProvider: "folder",
      ticketingConfig: { kind: "folder", path: "demo" },
      executionMode: "process",
    };
    const answer = await test.ask("POST", "/api/mappings", { payload: required });
    expect(answer).toMatchObject({ status: 201, headers: { location: "/api/mappings/demo", etag: '"1"' } });
    expect(answer.body).toEqual({ ...mappingSchema.parse(required), version: 1 });
  });

  it("names every field that is wrong", async () => {
    const answer = await create({ maxTurns: 0, provider: "bedrock", sessionMode: "interactive" });
    expect(answer.status).toBe(400);
    const { error, problems } = errorSchema.parse(answer.body);
    expect(error).toBe("The mapping is not valid.");
    expect(problems).toContainEqual({ field: "maxTurns", problem: anyText });
    const onlyAutonomous: unknown = expect.stringContaining("only autonomous");
    expect(problems).toContainEqual({ field: "sessionMode", problem: onlyAutonomous });
  });

  it("refuses a body that is no mapping at all", async () => {
    expect((await test.ask("POST", "/api/mappings")).status).toBe(400);
    expect((await test.ask("POST", "/api/mappings", { payload: [] })).status).toBe(400);
  });

  it("answers 409 where the teamKey is taken", async () => {
    await create();
    expect((await create()).status).toBe(409);
  });

  it("lists every project, a page at a time", async () => {
    for (const teamKey of ["gamma", "alpha", "beta"]) await create({ teamKey });
    const schema = pageOf(versionedMappingSchema);
    const first = schema.parse((await test.ask("GET", "/api/mappings?limit=2")).body);
    const second = schema.parse(
      (await test.ask("GET", `/api/mappings?limit=2&cursor=${first.nextCursor}`)).body,
    );
    expect([first, second].map(({ items }) => items.map(({ teamKey }) => teamKey))).toEqual([
      ["alpha", "beta"],
      ["gamma"],
    ]);
    expect(second.nextCursor).toBeNull();
  });

  it("changes the fields that are sent and keeps the others, under a new version", async () => {
    await create();
    const answer = await patch({ paused: true }, '"1"');
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(answer.body).toEqual({ ...mapping({ paused: true }), version: 2 });
    expect(await test.ask("GET", "/api/mappings/demo")).toMatchObject({ body: answer.body });
  });

  it("answers 409 to an edit of a version that is no longer the stored one, and changes nothing", async () => {
    await create();
    await patch({ paused: true });
    expect((await patch({ maxTurns: 9 }, '"1"')).status).toBe(409);
    expect((await test.ask("GET", "/api/mappings/demo")).body).toEqual({
      ...mapping({ paused: true }),
      version: 2,
    });
    expect((await patch({ maxTurns: 9 }, "*")).status).toBe(200);
  });

  it.each(["1", 'W/"1"', '"one"', '"1", "2"', "*, *"])("refuses If-Match: %s with 400", async (ifMatch) => {
    await create();
    expect((await patch({ paused: true }, ifMatch)).status).toBe(400);
  });

  it("answers 404 to anything about a project that is not there", async () => {
    for (const method of ["GET", "PATCH", "DELETE"] as const)
      expect(
        (await test.ask(method, "/api/mappings/nobody", method === "PATCH" ? { payload: {} } : {})).status,
      ).toBe(404);
  });

  it("removes a project, but not one with live runs", async () => {
    await create();
    await create({ teamKey: "busy" });
    expect((await test.ask("DELETE", "/api/mappings/demo")).status).toBe(204);
    expect((await test.ask("GET", "/api/mappings/demo")).status).toBe(404);
    expect((await test.ask("DELETE", "/api/mappings/busy")).status).toBe(409);
  });
});
