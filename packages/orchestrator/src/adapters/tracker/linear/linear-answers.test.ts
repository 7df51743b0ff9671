import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { LinearTrackerOptions } from "./linear-tracker.ts";
import {
  openScripted,
  type Reply,
  type ScriptedLinear,
  type ScriptedRequest,
} from "./testing/scripted-linear.ts";

const pageInfo = { hasNextPage: false, endCursor: null };
const issueId = "11111111-1111-4111-8111-111111111111";
const otherId = "22222222-2222-4222-8222-222222222222";
const ticket = { id: `linear:${issueId}`, tracker: "linear", scope: "ACME", identifier: "ACME-1" } as const;

type Respond = (request: ScriptedRequest) => Reply;

const always =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Respond =>
  () => ({ status, body, headers });

const team = { id: "team", key: "ACME" };
const mark = { id: "mark", name: "AI-Implement", isGroup: false, retiredAt: null, parent: null, team: null };
const anIssue = (overrides: object = {}) => ({
  id: issueId,
  identifier: "ACME-1",
  title: "A title",
  description: null,
  url: "https://linear.app/acme/issue/ACME-1",
  priority: 0,
  createdAt: "2026-11-22T09:00:00.000Z",
  updatedAt: "2026-11-22T09:00:00.000Z",
  archivedAt: null,
  trashed: null,
  labelIds: ["mark"],
  state: { name: "Todo", type: "unstarted" },
  team,
  parent: null,
  inverseRelations: { pageInfo, nodes: [] },
  relations: { nodes: [] },
  ...overrides,
});

/** Issues page by page, each page's cursor its number; and a workspace with the one label. */
const listing =
  (...pages: readonly (readonly object[])[]): Respond =>
  ({ query, variables }) => {
    const data = query.startsWith("query Issues")
      ? { issues: pageAt(pages, Number(variables["after"] ?? 0)) }
      : { issueLabels: { pageInfo, nodes: [mark] }, workflowStates: { pageInfo, nodes: [] } };
    return { status: 200, body: { data } };
  };

const pageAt = (pages: readonly (readonly object[])[], index: number) => ({
  pageInfo: { hasNextPage: index + 1 < pages.length, endCursor: String(index + 1) },
  nodes: pages[index] ?? [],
});

/** What Linear's emulator cannot be made to say. */
describe("§7.2 answers that nobody may rely on", () => {
  let scripted: ScriptedLinear | null = null;
  afterEach(async () => {
    await scripted?.close();
    scripted = null;
  });
  const trackerOver = async (respond: Respond, options: Partial<LinearTrackerOptions> = {}) => {
    scripted = await openScripted(respond, options);
    return scripted.tracker;
  };
  const requests = (): number => scripted?.count() ?? 0;

  test("a list of which a part failed is not taken for whole", async () => {
    const body = {
      data: { issues: { pageInfo, nodes: [] } },
      errors: [{ message: "One of the issues could not be read", path: ["issues", "nodes", 0] }],
    };
    const tracker = await trackerOver(always(200, body));
    await expect(tracker.listMarked([])).rejects.toMatchObject({ failure: "unavailable" });
    await expect(tracker.lookUp([ticket.id], [])).rejects.toMatchObject({ failure: "unavailable" });
  });

  test("a list that has no end is none", async () => {
    const endless = { data: { issues: { pageInfo: { hasNextPage: true, endCursor: "same" }, nodes: [] } } };
    const tracker = await trackerOver(always(200, endless));
    await expect(tracker.listMarked([])).rejects.toMatchObject({ failure: "malformed" });
  });

  test.each([
    ["comes again", (after: unknown) => ({ endCursor: after === "a" ? "b" : "a", nodes: [anIssue()] }), 3],
    ["is missing", () => ({ endCursor: null, nodes: [anIssue()] }), 1],
    ["leads to nothing", (after: unknown) => ({ endCursor: `${String(after)}x`, nodes: [] }), 1],
    ["is always another", (after: unknown) => ({ endCursor: `${String(after)}x`, nodes: [anIssue()] }), 100],
  ] as const)(
    "a list whose cursor %s is given up, after few requests where it can be seen",
    async (_, page, most) => {
      const tracker = await trackerOver(({ variables }) => {
        const { endCursor, nodes } = page(variables["after"]);
        return {
          status: 200,
          body: { data: { issues: { pageInfo: { hasNextPage: true, endCursor }, nodes } } },
        };
      });
      await expect(tracker.listMarked([])).rejects.toMatchObject({ failure: "malformed" });
      expect(requests()).toBe(most);
    },
  );

  test("an issue on two pages is one ticket, as the later page has it", async () => {
    const tracker = await trackerOver(listing([anIssue()], [anIssue({ title: "Later" })]));
    expect((await tracker.listMarked([])).tickets.map(({ title }) => title)).toEqual(["Later"]);
  });

  test("issues that were not asked for are not taken: unmarked ones, closed ones, those of other ids", async () => {
    const strays = [
      anIssue({ labelIds: ["foreign"] }),
      anIssue({ id: otherId, state: { name: "Done", type: "completed" } }),
    ];
    const tracker = await trackerOver(listing(strays));
    expect(await tracker.listMarked([])).toEqual({ tickets: [], problems: [] });
    const found = await tracker.lookUp([ticket.id], []);
    expect([...found.keys()]).toEqual([ticket.id]);
  });

  test.each([
    ["a null that may not be", { title: null }, "title"],
    ["a team that has vanished", { team: null }, "team"],
    ["a date that is none", { createdAt: "yesterday" }, "createdAt"],
    ["an id that is none", { id: "../admin" }, "id"],
  ])("one issue with %s is named, and holds up no other", async (_, flaw, where) => {
    const tracker = await trackerOver(
      listing([anIssue({ identifier: "ACME-7", ...flaw }), anIssue({ id: otherId })]),
    );
    const { tickets, problems } = await tracker.listMarked([]);
    expect(tickets.map(({ id }) => id)).toEqual([`linear:${otherId}`]);
    expect(problems).toMatchObject([
      { source: "ACME-7", problem: expect.stringContaining(where) as unknown },
    ]);
    await expect(tracker.lookUp([ticket.id], [])).rejects.toMatchObject({
      failure: "malformed",
      retryable: true,
      message: expect.stringContaining("ACME-7") as unknown,
    });
  });

  test("§11.6 hostile words arrive as words: long, with control characters, reversed, or GraphQL", async () => {
    const title = `\u202Eevil\u0007 } mutation { issueDelete(id: "x") { success } }`;
    const description = "x".repeat(100_000);
    const issue = anIssue({
      title: `${title}\u0000`,
      description: `${description}\ud800`,
      labelIds: ["mark", title],
      parent: { identifier: "ACME-2", title, description, children: { nodes: [] } },
    });
    const tracker = await trackerOver(listing([issue]));
    const [read] = (await tracker.listMarked([])).tickets;
    expect(read).toMatchObject({ title, description: `${description}\ufffd` });
    expect(read?.relatives[0]?.description?.length).toBeLessThan(2_100);
  });

  test.each([{}, null, [], "data", { issues: null }, { issues: { nodes: [] } }])(
    "data that is %j is no answer: nothing reads as empty, nothing as gone, nothing is made",
    async (data) => {
      const sent: string[] = [];
      const tracker = await trackerOver(
        ({ query }) => {
          sent.push(query);
          return { status: 200, body: { data } };
        },
        { gate: { retries: 0, breaker: { failures: 100, coolDownMs: 1 } } },
      );
      await expect(tracker.listMarked([])).rejects.toMatchObject({ failure: "malformed" });
      await expect(tracker.lookUp([ticket.id], [])).rejects.toMatchObject({ failure: "malformed" });
      for (const change of [
        { kind: "stage", ticket, stage: "planning" },
        { kind: "comment", ticket, body: "Hello" },
      ] as const)
        await expect(tracker.apply(change, "key")).rejects.toMatchObject({ retryable: true });
      expect(sent.filter((query) => query.startsWith("mutation"))).toEqual([]);
    },
  );

  test("labels and states that the answer leaves out are not missing: none is made", async () => {
    const target = {
      id: issueId,
      identifier: "ACME-1",
      trashed: null,
      labelIds: ["mark"],
      state: { type: "unstarted" },
      team,
    };
    const tracker = await trackerOver(({ query }) => ({
      status: 200,
      body: { data: query.startsWith("query Targets") ? { issues: { nodes: [target] } } : {} },
    }));
    const change = { kind: "stage", ticket, stage: "planning" } as const;
    await expect(tracker.apply(change, "key")).rejects.toMatchObject({ failure: "malformed" });
    expect(requests()).toBe(2);
  });

  test("a page of HTML instead of an answer points at the address", async () => {
    const tracker = await trackerOver(always(200, "<html>Sign in</html>", { "content-type": "text/html" }));
    await expect(tracker.listMarked([])).rejects.toMatchObject({ failure: "malformed", retryable: true });
    const [finding] = await tracker.check(null);
    expect(finding).toMatchObject({
      subject: "LINEAR_API_URL",
      problem: { fix: expect.stringContaining("LINEAR_API_URL") as unknown },
    });
  });

  test.each([
    { errors: [{ message: "Slow down", path: null, extensions: { code: "RATELIMITED", type: null } }] },
    {
      data: { issues: { pageInfo, nodes: [] } },
      errors: [{ extensions: { code: "RATELIMITED" }, locations: 7 }],
    },
  ])("an error is read as far as it can be, beside data too: %j", async (body) => {
    const tracker = await trackerOver(always(200, body));
    await expect(tracker.listMarked([])).rejects.toMatchObject({ failure: "rate-limited" });
  });

  test.each(["soon", "-1", String(Date.UTC(2010, 0)), String(Date.UTC(2046, 0)), "1e999"])(
    "§9 a reset that is %j holds the door for a minute: one refusal, then silence",
    async (reset) => {
      let now = Date.UTC(2026, 10, 22);
      const headers = { "x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": reset };
      const errors = [{ message: "Rate limit exceeded", extensions: { code: "RATELIMITED" } }];
      const tracker = await trackerOver(always(400, { errors }, headers), { clock: { now: () => now } });
      for (let tries = 0; tries < 20; tries += 1) {
        await expect(tracker.listMarked([])).rejects.toMatchObject({ failure: "rate-limited" });
        now += 2_000;
      }
      expect(requests()).toBe(1);
      now += 30_000;
      await expect(tracker.listMarked([])).rejects.toMatchObject({ failure: "rate-limited" });
      expect(requests()).toBe(2);
    },
  );

  test("an answer with other fields than documented is malformed, and says where", async () => {
    const tracker = await trackerOver(always(200, { data: { issues: { pageInfo, nodes: [{ id: 1 }] } } }));
    await expect(tracker.listMarked([])).rejects.toMatchObject({
      failure: "malformed",
      message: expect.stringContaining("issues.nodes.0.id") as unknown,
    });
  });

  test("a query that costs too much is no outage, and trying it again is useless", async () => {
    const errors = [{ message: "Query too complex", extensions: { code: "INPUT_ERROR" } }];
    const tracker = await trackerOver(always(400, { errors }));
    await expect(tracker.listMarked([])).rejects.toMatchObject({ failure: "too-complex", retryable: false });
  });

  test("§9 a document that is refused as a whole is taken apart until the one to blame fails alone", async () => {
    const delivered = new Map<unknown, unknown>();
    const target = { ...anIssue(), trashed: null };
    const write = (variables: Readonly<Record<string, unknown>>): Reply => {
      const inputs = Object.values(variables).map((input) =>
        z.object({ id: z.string(), body: z.string() }).parse(input),
      );
      if (inputs.some(({ body }) => body === "poison"))
        return {
          status: 400,
          body: { errors: [{ message: "Bad value", extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] },
        };
      for (const { id, body } of inputs) delivered.set(id, body);
      const data = Object.fromEntries(inputs.map((_, index) => [`write${index}`, { success: true }]));
      return { status: 200, body: { data } };
    };
    const tracker = await trackerOver(({ query, variables }) => {
      if (query.startsWith("mutation Write")) return write(variables);
      const comments = { nodes: [...delivered.keys()].map((id) => ({ id })) };
      const data = query.startsWith("query Targets")
        ? { issues: { nodes: [target] }, comments }
        : { issueLabels: { pageInfo, nodes: [] }, workflowStates: { pageInfo, nodes: [] } };
      return { status: 200, body: { data } };
    });
    const bodies = Array.from({ length: 20 }, (_, index) => (index === 7 ? "poison" : `Comment ${index}`));
    const settled = await Promise.allSettled(
      bodies.map((body, index) => tracker.apply({ kind: "comment", ticket, body }, `comment:${index}`)),
    );
    const rejected = settled.map(({ status }) => status === "rejected");
    expect(rejected).toEqual(bodies.map((body) => body === "poison"));
    expect([...delivered.values()]).toEqual(bodies.filter((body) => body !== "poison"));
  });
});
