import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hours } from "../core/time.ts";
import { createAlarm } from "./alarm.ts";

describe("a sleep that others can end", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const sleeper = (ms: number, alarm = createAlarm()) => {
    const state = { alarm, isAwake: false };
    void alarm.sleep(ms).then(() => {
      state.isAwake = true;
    });
    return state;
  };

  it("lasts as long as it was meant to", async () => {
    const state = sleeper(1_000);
    await vi.advanceTimersByTimeAsync(999);
    expect(state.isAwake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(state.isAwake).toBe(true);
  });

  it("ends at once at a wake, and leaves no timer behind", async () => {
    const state = sleeper(hours(1));
    await vi.advanceTimersByTimeAsync(10);
    state.alarm.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.isAwake).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not begin when the wake came before it, and that wake is used up by then", async () => {
    const alarm = createAlarm();
    alarm.wake();
    alarm.wake();
    const first = sleeper(hours(1), alarm);
    await vi.advanceTimersByTimeAsync(0);
    expect(first.isAwake).toBe(true);
    const second = sleeper(hours(1), alarm);
    await vi.advanceTimersByTimeAsync(hours(1) - 1);
    expect(second.isAwake).toBe(false);
  });

  it("goes on for a moment after its wake, so that a burst of wakes is one", async () => {
    const alarm = createAlarm(50);
    const first = sleeper(hours(1), alarm);
    alarm.wake();
    await vi.advanceTimersByTimeAsync(49);
    expect(first.isAwake).toBe(false);
    alarm.wake();
    await vi.advanceTimersByTimeAsync(1);
    expect(first.isAwake).toBe(true);
    const second = sleeper(hours(1), alarm);
    await vi.advanceTimersByTimeAsync(hours(1) - 1);
    expect(second.isAwake).toBe(false);
  });

  it.each([
    ["longer than a timer can be", hours(24 * 60), false],
    ["of no time", 0, true],
    ["of less than no time", -5, true],
  ])("may be %s", async (_, ms, isAwake) => {
    const state = sleeper(ms);
    await vi.advanceTimersByTimeAsync(5);
    expect(state.isAwake).toBe(isAwake);
  });
});
