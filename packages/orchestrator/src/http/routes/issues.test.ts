import { blockerSchema, issuesPageSchema, pageOf } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dispatched, knownTicket, skipped, startOfTests, ticket } from "../testing/fixtures.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const parked = skipped("parked", "POST /api/parked/:ticketId/clear");

const knownTickets = [
  knownTicket(skipped("no-mapping", "POST /api/mappings"), { id: "folder:demo/none.md", priority: 0 }),
  knownTicket(dispatched, { id: "folder:demo/go.md", priority: 2 }),
  knownTicket(parked, { id: "folder:demo/ä b.md", priority: 1, createdAt: startOfTests + 1 }),
  knownTicket(skipped("paused", "PATCH /api/mappings/:teamKey"), {
    id: "folder:demo/paused.md",
    priority: 1,
    scope: "team/1",
  }),
  knownTicket(null, { id: "folder:demo/new.md", priority: 4 }),
  knownTicket(parked, { id: "folder:demo/unmarked.md" }, "unmarked"),
  knownTicket(parked, { id: "folder:demo/closed.md", lifecycle: "completed" }),
];
const problem = { source: "broken.md", problem: "the front matter is not YAML", fix: "mend line 3" };

let test: TestApp;
beforeEach(async () => {
  test = await createTestApp({
    contents: { knownTickets },
    health: {
      poll: () => ({ lastPollAt: null, failingTrackers: new Map(), ticketProblems: [problem] }),
      notReady: async () => null,
    },
  });
});
afterEach(() => test.app.close());

describe("GET /api/issues (promise 3, §13)", () => {
  it("shows every marked ticket with its decision, most urgent first, and what is no ticket", async () => {
    const { items, problems } = issuesPageSchema.parse((await test.ask("GET", "/api/issues")).body);
    expect(items.map(({ id, decision }) => [id, decision?.reason ?? null])).toEqual([
      ["folder:demo/paused.md", "paused"],
      ["folder:demo/ä b.md", "parked"],
      ["folder:demo/go.md", "dispatch"],
      ["folder:demo/new.md", null],
      ["folder:demo/none.md", "no-mapping"],
    ]);
    expect(items[1]?.decision).toEqual({
      kind: "skip",
      reason: "parked",
      explanation: "because of parked",
    });
    expect(problems).toEqual([problem]);
  });

  it("pages by cursor and refuses one that it never gave", async () => {
    const first = issuesPageSchema.parse((await test.ask("GET", "/api/issues?limit=4")).body);
    const rest = await test.ask("GET", `/api/issues?limit=4&cursor=${first.nextCursor}`);
    expect(issuesPageSchema.parse(rest.body).items.map(({ id }) => id)).toEqual(["folder:demo/none.md"]);
    expect((await test.ask("GET", "/api/issues?cursor=nonsense")).status).toBe(400);
  });
});

describe("GET /api/blockers (§6)", () => {
  it("shows the skipped tickets only, each with the request that clears it, ready to be sent", async () => {
    const { items } = pageOf(blockerSchema).parse((await test.ask("GET", "/api/blockers")).body);
    expect(items.map(({ id, action }) => [id, action])).toEqual([
      ["folder:demo/paused.md", "PATCH /api/mappings/team%2F1"],
      ["folder:demo/ä b.md", "POST /api/parked/folder%3Ademo%2F%C3%A4%20b.md/clear"],
      ["folder:demo/none.md", "POST /api/mappings"],
    ]);
  });
});

describe("What a person may do to a ticket (§6, §7.1)", () => {
  const known = encodeURIComponent(ticket().id);

  it.each([`parked/${known}/clear`, `issues/${known}/cancel`])(
    "does POST /api/%s to a ticket whose id has ':' and '/' in it",
    async (path) => {
      expect(await test.ask("POST", `/api/${path}`)).toMatchObject({ status: 200, body: { ok: true } });
    },
  );

  it("approves a plan once; with nothing to approve it is 409", async () => {
    expect((await test.ask("POST", `/api/issues/${known}/approve`)).status).toBe(200);
    expect((await test.ask("POST", `/api/issues/${known}/approve`)).status).toBe(409);
  });

  it("takes an empty body that is labelled JSON", async () => {
    const headers = { "content-type": "application/json" };
    expect((await test.ask("POST", `/api/parked/${known}/clear`, { headers, payload: "" })).status).toBe(200);
  });

  it.each(["parked/nobody/clear", "issues/nobody/approve", "issues/nobody/cancel"])(
    "answers 404 to POST /api/%s",
    async (path) => {
      expect((await test.ask("POST", `/api/${path}`)).status).toBe(404);
    },
  );

  it("takes an id of 1,000 escaped characters, and refuses control characters", async () => {
    const long = encodeURIComponent(`folder:${"/".repeat(990)}`);
    expect((await test.ask("POST", `/api/parked/${long}/clear`)).status).toBe(404);
    expect((await test.ask("POST", "/api/parked/a%00b/clear")).status).toBe(400);
    expect((await test.ask("POST", `/api/parked/${"a".repeat(4_000)}/clear`)).status).toBe(404);
  });
});
