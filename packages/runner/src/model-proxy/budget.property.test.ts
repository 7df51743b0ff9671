import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPriceOf } from "./prices.ts";
import { type Admission, type Asked, createMeter, type MeteredCall } from "./session-meter.ts";
import { roundPrices } from "./testing/proxy-stage.ts";

const priceOf = createPriceOf(roundPrices);
const perOutputToken = 0.002;
const perInputToken = 0.001;

interface Call {
  readonly maxOutputTokens: number;
  readonly requestBytes: number;
  /** Of what it may use, 0 to 1. */
  readonly share: number;
  readonly isBroken: boolean;
}

const aCall: fc.Arbitrary<Call> = fc.record({
  maxOutputTokens: fc.integer({ min: 1, max: 1_000 }),
  requestBytes: fc.integer({ min: 10, max: 4_000 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  isBroken: fc.boolean(),
});

const askedOf = ({ maxOutputTokens, requestBytes }: Call): Asked => ({
  model: "test-model",
  maxOutputTokens,
  requestBytes,
  isStreamed: true,
  unpriced: null,
});

/** What a call really comes to, no more than it may. */
const tokensOf = ({ maxOutputTokens, requestBytes, share }: Call) => ({
  input: Math.floor((requestBytes / 2) * share),
  output: Math.floor(maxOutputTokens * share),
  cacheRead: 0,
  cacheWrite: 0,
  cacheWriteHour: 0,
});

const costOf = (call: Call): number => {
  const { input, output } = tokensOf(call);
  return input * perInputToken + output * perOutputToken;
};

const forEver = (): AbortSignal => new AbortController().signal;

/** Everything at once; what is under way ends in the order that `turns` names. */
const makeAllAtOnce = async (budget: number, calls: readonly Call[], turns: readonly number[]) => {
  const meter = createMeter(budget, priceOf);
  const underWay: { readonly call: Call; readonly metered: MeteredCall }[] = [];
  let spent = 0;
  let refused = 0;
  const settle = (call: Call) => (admission: Admission) => {
    if (admission.kind !== "admitted") {
      refused += 1;
      return;
    }
    spent += costOf(call);
    underWay.push({ call, metered: admission.call });
  };
  const all = calls.map((call) => meter.admit(askedOf(call), forEver()).then(settle(call)));
  await Promise.resolve();
  for (let turn = 0; turn < calls.length * 3; turn += 1) {
    const [one] = underWay.splice((turns[turn % turns.length] ?? 0) % Math.max(1, underWay.length), 1);
    if (one !== undefined) {
      const tokens = tokensOf(one.call);
      one.metered.said({ tokens, isFinal: !one.call.isBroken, bytes: tokens.output * 3 });
      one.metered.end("ended");
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  return { spent, refused, meter };
};

describe("§11.3 the budget holds however many calls are made at once", () => {
  it("all of them together cost at most the budget and one call", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.001, max: 5, noNaN: true }),
        fc.array(aCall, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(20), { minLength: 1, maxLength: 12 }),
        async (budget, calls, turns) => {
          const { spent, refused, meter } = await makeAllAtOnce(budget, calls, turns);
          const dearest = Math.max(...calls.map(costOf));
          expect(spent).toBeLessThan(budget + dearest + 1e-9);
          expect(meter.chargedUsd()).toBeGreaterThan(spent - 1e-9);
          expect(meter.refusedForBudget()).toBe(refused > 0);
          // Nothing is refused as long as there is money.
          if (refused > 0) expect(meter.chargedUsd()).toBeGreaterThanOrEqual(budget);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("a call that waits for others is given up when nobody wants it any more", async () => {
    const meter = createMeter(0.01, priceOf);
    const call: Call = { maxOutputTokens: 1_000, requestBytes: 10, share: 1, isBroken: false };
    const first = await meter.admit(askedOf(call), forEver());
    expect(first.kind).toBe("admitted");
    const left = new AbortController();
    const second = meter.admit(askedOf(call), left.signal);
    left.abort();
    expect(await second).toEqual({ kind: "gone" });
  });
});
