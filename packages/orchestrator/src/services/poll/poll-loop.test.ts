import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { minutes } from "../../core/time.ts";
import { createAlarm } from "../alarm.ts";
import { createRecordingLogger } from "../testing/recording-logger.ts";
import { createPollLoop } from "./poll-loop.ts";

const intervalMs = minutes(1);
const status = () => ({ lastPollAt: null, failingTrackers: new Map(), ticketProblems: [] });

describe("when the poll runs (§6)", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const startLoop = (cycle: () => Promise<void>) => {
    const alarm = createAlarm();
    const logger = createRecordingLogger();
    const loop = createPollLoop({ cycle, status }, alarm, intervalMs, logger);
    return { alarm, logger, loop, running: loop.run() };
  };
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
