import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createLateSignal } from "./late-signal.ts";

describe("the end of a teardown (§10.1)", () => {
  it("comes some time after that of its run, be the run over before or while it cleans up", async () => {
    const stop = new AbortController();
    const early = createLateSignal(stop.signal, 20);
    await wait(40);
    expect(early.signal.aborted).toBe(false);
    stop.abort();
    expect(early.signal.aborted).toBe(false);
    await once(early.signal, "abort");

    const late = createLateSignal(stop.signal, 20);
    expect(late.signal.aborted).toBe(false);
    await once(late.signal, "abort");
  });

  it("never comes once nobody waits for it", async () => {
    const stop = new AbortController();
    const waiting = createLateSignal(stop.signal, 10);
    stop.abort();
    waiting.release();
    const gone = createLateSignal(new AbortController().signal, 10);
    gone.release();
    await wait(40);
    expect([waiting.signal.aborted, gone.signal.aborted]).toEqual([false, false]);
  });
});
