import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { LoopbackAnswer } from "../shared/loopback-server.ts";
import { createLimits } from "./limits.ts";

/** Three writes in 2 s; its time is told. */
const open = () => {
  let now = 1_000_000;
  const limits = createLimits({ writesPerIssue: { count: 3, windowMs: 2_000 }, now: () => now });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { limits, pass };
};

/** It has arrived, and what was under way meanwhile too. */
const heard = async (answer: LoopbackAnswer | null): Promise<void> => {
  answer?.onSent?.();
  await sleep(300);
  await nextTurn();
};

describe("Jira's limits", () => {
  test("one write too many to an issue is refused, until the first one is old enough", () => {
    const { limits, pass } = open();
    for (const gap of [0, 500, 500]) {
      pass(gap);
      expect(limits.write("1")).toBeNull();
    }
    expect(limits.write("2")).toBeNull();
    pass(100);
    const refused = limits.write("1");
    expect(refused?.status).toBe(429);
    expect(refused?.headers).toMatchObject({
      "retry-after": "1",
      "x-ratelimit-reset": new Date(1_002_000).toISOString(),
      "ratelimit-reason": "jira-per-issue-on-write",
    });
    pass(899);
    expect(limits.write("1")).not.toBeNull();
    pass(1);
    expect(limits.write("1")).toBeNull();
    expect(limits.write("1")).not.toBeNull();
  });

  test("after the limit on one issue only a write to it is early", async () => {
    const { limits } = open();
    for (let count = 0; count < 3; count += 1) limits.write("1");
    const refused = limits.write("1");
    expect(limits.isEarly(1_000_000, "1")).toBe(false);
    await heard(refused);
    expect(limits.isEarly(1_000_100, "1")).toBe(true);
    expect(limits.isEarly(1_000_100, "2")).toBe(false);
    expect(limits.isEarly(1_000_100, null)).toBe(false);
    expect(limits.isEarly(1_001_999, "1")).toBe(true);
    expect(limits.isEarly(1_002_000, "1")).toBe(false);
  });

  test("after the limit on everything every request is early", async () => {
    const { limits } = open();
    const refused = limits.burst(1_200);
    expect([refused.status, refused.headers]).toEqual([
      429,
      expect.objectContaining({
        "retry-after": "2",
        "x-ratelimit-reset": new Date(1_001_200).toISOString(),
        "ratelimit-reason": "jira-burst-based",
      }),
    ]);
    await heard(refused);
    expect(limits.isEarly(1_000_100, null)).toBe(true);
    expect(limits.isEarly(1_001_199, "7")).toBe(true);
    expect(limits.isEarly(1_001_200, null)).toBe(false);
  });
});
