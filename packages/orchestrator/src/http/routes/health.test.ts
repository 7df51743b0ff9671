import { healthSchema } from "@ai-implement/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { seconds } from "../../core/time.ts";
import type { Health } from "../../services/health.ts";
import { startOfTests } from "../testing/fixtures.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let test: TestApp;
afterEach(() => test.app.close());

const health = (overrides: Partial<Health>): Health => ({
  poll: () => ({ lastPollAt: null, failingTrackers: new Map(), ticketProblems: [] }),
  notReady: async () => null,
  ...overrides,
});

describe("Health (§13)", () => {
  it("says version, uptime and the last poll, to anybody and whatever the query", async () => {
    test = await createTestApp();
    test.wait(seconds(90));
    const answer = await test.app.inject("/?probe=1&probe=2");
    expect(answer.statusCode).toBe(200);
    expect(healthSchema.parse(answer.json())).toEqual({
      status: "ok",
      version: "1.2.3",
      uptimeSeconds: 90,
      lastPollAt: "2026-11-22T09:01:30.000Z",
      failingTrackers: [],
    });
  });

  it("is degraded while a tracker fails, and says since when and why (§6)", async () => {
    const failingTrackers = new Map([["linear" as const, { since: startOfTests, error: "Linear: 503" }]]);
    test = await createTestApp({
      health: health({ poll: () => ({ lastPollAt: null, failingTrackers, ticketProblems: [] }) }),
    });
    const answer = await test.app.inject("/");
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      status: "degraded",
      lastPollAt: null,
      failingTrackers: [{ tracker: "linear", since: "2026-11-22T09:00:00.000Z", error: "Linear: 503" }],
    });
  });

  it("is live whenever the process answers, ready or not", async () => {
    test = await createTestApp({ health: health({ notReady: async () => "the store cannot be written" }) });
    expect((await test.app.inject("/livez")).statusCode).toBe(200);
  });

  it("is ready with 200, and not ready with 503 and the reason", async () => {
    let reason: string | null = null;
    test = await createTestApp({ health: health({ notReady: async () => reason }) });
    expect((await test.app.inject("/readyz")).statusCode).toBe(200);
    reason = "the last poll ended 400 s ago";
    const answer = await test.app.inject("/readyz");
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ error: reason });
    expect(test.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});
