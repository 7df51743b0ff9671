import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aRunId, aTime } from "../testing/builders.ts";
import { minutes, seconds } from "../time.ts";
import { isTransient } from "./failure.ts";
import { defaultRetryPolicy, retryAt, willRetry } from "./retry.ts";

const transient = { reason: "transport", message: "" } as const;
const lasting = { reason: "no-changes", message: "" } as const;
const ended = (tryNumber: number, n = 1) => ({
  id: aRunId(n),
  tryNumber,
  endedAt: aTime,
  failure: transient,
});

describe("retry (§15)", () => {
  it("is for what another attempt can mend, three tries in all", () => {
    expect([1, 2, 3].map((tryNumber) => willRetry(ended(tryNumber), defaultRetryPolicy))).toEqual([
      true,
      true,
      false,
    ]);
    expect(willRetry({ ...ended(1), failure: lasting }, defaultRetryPolicy)).toBe(false);
    expect(willRetry({ id: aRunId(), tryNumber: 1, endedAt: aTime }, defaultRetryPolicy)).toBe(false);
  });

  it("is for overload, rate limits, transport and lost machines, and not for what costs the same again", () => {
    const of = (reason: Parameters<typeof isTransient>[0]["reason"]) => isTransient({ reason, message: "" });
    expect((["provider-overloaded", "rate-limited", "transport", "machine-lost"] as const).every(of)).toBe(
      true,
    );
    expect((["out-of-time", "budget", "guard", "agent-refused", "invalid-result"] as const).some(of)).toBe(
      false,
    );
  });

  it("waits longer each time, an hour and a bit at most, and always computes the same instant", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 1_000 }), (n, tryNumber) => {
        const delay = retryAt(ended(tryNumber, n), defaultRetryPolicy) - aTime;
        const previous = retryAt(ended(tryNumber - 1, n), defaultRetryPolicy) - aTime;
        expect(delay).toBeGreaterThanOrEqual(previous);
        expect(delay).toBeGreaterThanOrEqual(seconds(24));
        expect(delay).toBeLessThanOrEqual(minutes(72));
        expect(retryAt(ended(tryNumber, n), defaultRetryPolicy) - aTime).toBe(delay);
      }),
    );
  });

  it("spreads runs that failed together", () => {
    const instants = new Set(Array.from({ length: 50 }, (_, n) => retryAt(ended(2, n), defaultRetryPolicy)));
    expect(instants.size).toBeGreaterThan(25);
  });
});
