import { describe, expect, it } from "vitest";
import { useStore } from "../adapters/store/contract/test-database.ts";
import { makeTemporaryDatabase } from "../adapters/store/sqlite/testing/temporary-database.ts";
import { minutes } from "../core/time.ts";
import { createHealth } from "./health.ts";

const intervalMs = minutes(1);

describe("readiness (§13)", () => {
  const database = useStore(makeTemporaryDatabase);
  const healthAfter = (lastPollAt: number | null) =>
    createHealth(
      database.store,
      () => ({ lastPollAt, failingTrackers: new Map(), ticketProblems: [] }),
      { now: () => database.now },
      intervalMs,
    );

  it("is there once a poll has ended and the store can be written", async () => {
    expect(await healthAfter(database.now).notReady()).toBeNull();
  });

  it("is not there before the first poll has ended", async () => {
    expect(await healthAfter(null).notReady()).toContain("first poll");
  });

  it("goes when the last poll is older than three intervals and the poll that may be under way", async () => {
    const health = healthAfter(database.now);
    database.now += 3 * intervalMs + minutes(1);
    expect(await health.notReady()).toBeNull();
    database.now += 1;
    expect(await health.notReady()).toBe("the last poll ended 240 s ago, more than 3 intervals");
  });

  it("goes when the store cannot be written, and says why", async () => {
    const health = healthAfter(database.now);
    await database.store.close();
    expect(await health.notReady()).toMatch(/^the store cannot be written: .+/);
    await database.reopen();
  });

  it("shows what the poll learnt", () => {
    expect(healthAfter(database.now).poll()).toMatchObject({ lastPollAt: database.now });
  });
});
