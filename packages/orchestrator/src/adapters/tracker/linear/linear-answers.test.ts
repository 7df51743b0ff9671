import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createLinearTracker } from "./linear-tracker.ts";

const pageInfo = { hasNextPage: false, endCursor: null };
const issueId = "11111111-1111-4111-8111-111111111111";
const ticket = { id: `linear:${issueId}`, tracker: "linear", scope: "ACME", identifier: "ACME-1" } as const;

const requestSchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });
type Reply = { readonly status: number; readonly body: unknown };
type Respond = (request: z.infer<typeof requestSchema>) => Reply;

const always =
  (status: number, body: unknown): Respond =>
  () => ({ status, body });

/** What Linear's emulator cannot be made to say. */
describe("§7.2 answers that nobody may rely on", () => {
  let server: Server | null = null;
  afterEach(async () => {
    const open = server;
    server = null;
    if (open !== null) await new Promise((resolve) => open.close(resolve));
  });

  const trackerOver = async (respond: Respond) => {
    const started = createServer((incoming, outgoing) => {
      void text(incoming).then((received) => {
        const { status, body } = respond(requestSchema.parse(JSON.parse(received)));
        outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
    const address = started.address();
    if (address === null || typeof address === "string") throw new Error("The server has no port.");
    return createLinearTracker({
      apiKey: "lin_api_test",
      apiUrl: `http://127.0.0.1:${address.port}/graphql`,
      workspaceUrl: "https://linear.app",
      clock: { now: () => Date.now() },
      gate: { retries: 0 },
    });
  };

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
    const target = {
      id: issueId,
      identifier: "ACME-1",
      trashed: null,
      labelIds: [],
      state: { type: "unstarted" },
      team: { id: "team", key: "ACME" },
    };
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
