import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { messageOf, withTimeout } from "./timeout.ts";

describe("a wait that has an end (§9)", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const never = new Promise<never>(() => undefined);

  it("gives the answer, or its error, and leaves no timer behind", async () => {
    await expect(withTimeout(Promise.resolve(7), 1_000, "It")).resolves.toBe(7);
    await expect(withTimeout(Promise.reject(new Error("no")), 1_000, "It")).rejects.toThrow("no");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends in a transient error that names what was waited for: who asks again has to look first", async () => {
    const waiting = expect(withTimeout(never, 5_000, "The forge")).rejects.toMatchObject({
      name: "DeliveryError",
      retryable: true,
      message: "The forge did not answer within 5 s",
    });
    await vi.advanceTimersByTimeAsync(5_000);
    await waiting;
  });

  it("says anything that was thrown", () => {
    expect(messageOf(new Error("why"))).toBe("why");
    expect(messageOf("why")).toBe("why");
    expect(messageOf(null)).toBe("null");
  });
});
