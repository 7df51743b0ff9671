import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { minutes } from "../../core/time.ts";
import { createAlarm } from "../alarm.ts";
import { createRecordingLogger } from "../testing/recording-logger.ts";
import { createNamedLooks } from "./named/looks.ts";
import { createPollLoop } from "./poll-loop.ts";

const intervalMs = minutes(1);
const status = () => ({ lastPollAt: null, failingTrackers: new Map(), ticketProblems: [] });

type Cycle = (named?: readonly string[]) => Promise<void>;

const startLoop = (cycle: Cycle) => {
  const alarm = createAlarm();
  const logger = createRecordingLogger();
  const namedLooks = createNamedLooks();
  const loop = createPollLoop({ cycle, status }, alarm, intervalMs, logger, namedLooks);
  return { alarm, logger, namedLooks, loop, running: loop.run() };
};

describe("when the poll runs (§6)", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const counted = () => {
    let [begun, underWay, most] = [0, 0, 0];
    const ends: (() => void)[] = [];
    return {
      cycle: async () => {
        begun += 1;
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise<void>((resolve) => ends.push(resolve));
        underWay -= 1;
      },
      end: () => ends.shift()?.(),
      begun: () => begun,
      most: () => most,
    };
  };

  it("is at start, and then an interval after the previous one ended", async () => {
    const polls = counted();
    startLoop(polls.cycle);
    await vi.advanceTimersByTimeAsync(0);
    expect(polls.begun()).toBe(1);
    await vi.advanceTimersByTimeAsync(10 * intervalMs);
    expect(polls.begun()).toBe(1);
    polls.end();
    await vi.advanceTimersByTimeAsync(intervalMs - 1);
    expect(polls.begun()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(polls.begun()).toBe(2);
  });

  it("is never two at a time, and one more after any number of wakes during a cycle", async () => {
    const polls = counted();
    const { alarm } = startLoop(polls.cycle);
    await vi.advanceTimersByTimeAsync(0);
    for (let wakes = 0; wakes < 10; wakes += 1) alarm.wake();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(polls.begun()).toBe(1);
    polls.end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(polls.begun()).toBe(2);
    polls.end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(polls.begun()).toBe(2);
    expect(polls.most()).toBe(1);
  });

  it("is at once when a webhook wakes it", async () => {
    const polls = counted();
    const { alarm } = startLoop(polls.cycle);
    await vi.advanceTimersByTimeAsync(0);
    polls.end();
    await vi.advanceTimersByTimeAsync(1_000);
    alarm.wake();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(polls.begun()).toBe(2);
  });

  it("goes on after a cycle that failed", async () => {
    let cycles = 0;
    const { logger } = startLoop(async () => {
      cycles += 1;
      throw new Error("database is locked");
    });
    await vi.advanceTimersByTimeAsync(2 * intervalMs + 1_000);
    expect(cycles).toBe(3);
    expect(logger.lines[0]).toMatchObject({ level: "error", fields: { error: "database is locked" } });
  });

  it("ends after a stop, once the cycle under way has ended", async () => {
    const polls = counted();
    const { loop, running } = startLoop(polls.cycle);
    await vi.advanceTimersByTimeAsync(0);
    loop.stop();
    polls.end();
    await vi.advanceTimersByTimeAsync(1_000);
    await running;
    expect(polls.begun()).toBe(1);
  });
});

describe("when the poll looks at what webhooks named (§6, §7.2)", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** `full`, or the names; each cycle takes `takesMs`. */
  const startTold = (takesMs: number) => {
    const told: string[] = [];
    let [underWay, most] = [0, 0];
    const started = startLoop(async (named) => {
      told.push(named?.join(" ") ?? "full");
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, takesMs));
      underWay -= 1;
    });
    return { ...started, told, most: () => most };
  };
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it("is well under a second after the webhook, between two full cycles", async () => {
    const { told, namedLooks } = startTold(10);
    await pass(100);
    namedLooks.want(["linear:1"], "mark");
    namedLooks.want(["jira:2"], "mark");
    await pass(100);
    expect(told).toEqual(["full", "linear:1 jira:2"]);
    await pass(intervalMs);
    expect(told).toEqual(["full", "linear:1 jira:2", "full"]);
  });

  it("is after the cycle under way, and never beside it", async () => {
    const { told, namedLooks, most } = startTold(1_000);
    namedLooks.want(["linear:1"], "mark");
    await pass(999);
    expect(told).toEqual(["full"]);
    await pass(1);
    namedLooks.want(["linear:2"], "mark");
    await pass(5_000);
    expect(told).toEqual(["full", "linear:1", "linear:2"]);
    expect(most()).toBe(1);
  });

  it("does not put off the next full cycle, however much is named", async () => {
    const { told, namedLooks, most } = startTold(100);
    for (let passed = 0; passed < 10 * intervalMs; passed += 50) {
      namedLooks.want([`linear:${passed}`], "mark");
      await pass(50);
    }
    const full = told.filter((cycle) => cycle === "full").length;
    expect(full).toBeGreaterThanOrEqual(10);
    expect(told.length - full).toBeGreaterThan(100);
    expect(told.length - full).toBeLessThanOrEqual(30 + 100);
    expect(most()).toBe(1);
  });

  it("leaves a plain wake a full cycle, also one that comes during a cycle for names", async () => {
    const { told, namedLooks, alarm } = startTold(100);
    await pass(200);
    namedLooks.want(["linear:1"], "mark");
    await pass(60);
    alarm.wake();
    await pass(1_000);
    expect(told).toEqual(["full", "linear:1", "full"]);
  });

  it("is a full cycle when more is named than can be kept", async () => {
    const { told, namedLooks } = startTold(10);
    await pass(100);
    namedLooks.want(
      Array.from({ length: 1_001 }, (_, index) => `linear:${index}`),
      "mark",
    );
    await pass(100);
    expect(told).toEqual(["full", "full"]);
  });

  it("goes on after a cycle that failed", async () => {
    const told: string[] = [];
    const { namedLooks, logger } = startLoop(async (named) => {
      told.push(named?.join(" ") ?? "full");
      if (named !== undefined) throw new Error("disk I/O error");
    });
    for (const id of ["linear:1", "linear:2"]) {
      await pass(100);
      namedLooks.want([id], "mark");
    }
    await pass(intervalMs);
    expect(told).toEqual(["full", "linear:1", "linear:2", "full"]);
    expect(logger.lines.filter(({ level }) => level === "error")).toHaveLength(2);
  });

  it("ends with a stop, once the cycle under way has ended, and leaves no timer behind", async () => {
    const { told, namedLooks, loop, running } = startTold(100);
    await pass(200);
    namedLooks.want(["linear:1"], "mark");
    await pass(60);
    namedLooks.want(["linear:2"], "mark");
    loop.stop();
    await pass(100);
    await running;
    expect(told).toEqual(["full", "linear:1"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
