import { leaseSchema, pageOf } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dispatched, knownTicket, runId, startOfTests, ticket } from "../testing/fixtures.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const lease = (ticketId: string, inMs: number) => ({
  ticketId,
  phase: "plan" as const,
  runId,
  until: startOfTests + inMs,
});

let test: TestApp;
beforeEach(async () => {
  test = await createTestApp({
    contents: {
      knownTickets: [knownTicket(dispatched)],
      leases: [lease("folder:gone.md", 3_000), lease(ticket().id, 2_000), lease("folder:expired.md", 0)],
    },
  });
});
afterEach(() => test.app.close());

describe("/api/dedup (§5.4)", () => {
  it("shows the leases that hold now, the first to be free first", async () => {
    const { items } = pageOf(leaseSchema).parse((await test.ask("GET", "/api/dedup")).body);
    expect(items).toEqual([
      {
        ticketId: ticket().id,
        identifier: "DEMO-1",
        phase: "plan",
        runId,
        until: "2026-11-22T09:00:02.000Z",
      },
      {
        ticketId: "folder:gone.md",
        identifier: "folder:gone.md",
        phase: "plan",
        runId,
        until: "2026-11-22T09:00:03.000Z",
      },
    ]);
  });

  it("clears the leases of a ticket, and answers 404 where nothing holds it", async () => {
    const url = `/api/dedup/${encodeURIComponent(ticket().id)}`;
    expect((await test.ask("DELETE", url)).status).toBe(204);
    expect((await test.ask("DELETE", "/api/dedup/folder%3Anobody.md")).status).toBe(404);
  });
});
