import { describe, expect, it } from "vitest";
import { costOf, createPriceOf } from "./prices.ts";

const builtIn = createPriceOf({});
const own = { input: 7, output: 8, cacheRead: 9, cacheWrite: 10 };

describe("§11.3 what a token costs", () => {
  it.each([
    ["claude-sonnet-4-6", 3, 15],
    ["claude-sonnet-4-5-20250929", 3, 15],
    ["claude-haiku-4-5-20251001", 1, 5],
    ["claude-opus-4-5-20251101", 5, 25],
    ["claude-opus-4-1-20250805", 15, 75],
    ["claude-opus-4-20250514", 15, 75],
    ["gpt-5-codex", 1.25, 10],
    ["gpt-5-2025-08-07", 1.25, 10],
  ])("%s is known", (model, input, output) => {
    expect(builtIn(model)).toMatchObject({ input, output });
  });

  it.each([
    ["anthropic.claude-3-5-sonnet-20241022-v2:0", 3],
    ["eu.anthropic.claude-sonnet-4-20250514-v1:0", 3],
    ["global.anthropic.claude-sonnet-4-5-20250929-v1:0", 3],
    ["eu.anthropic.claude-sonnet-4-5-20250929-v1:0", 3.3],
    ["arn:aws:bedrock:eu-west-1:1:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0", 1.1],
  ])("%s is known on Bedrock, with what staying within a region costs", (model, input) => {
    expect(builtIn(model)?.input).toBeCloseTo(input, 9);
  });

  it.each(["claude-unheard-of-9", "__proto__", "constructor", "", "*", "gpt-5-mini-9", "claude-sonnet-4"])(
    "%j has no price: not known is not cheap",
    (model) => expect(builtIn(model)).toBeNull(),
  );

  it("the operator's price counts before the built-in one, and the longest beginning that fits", () => {
    const priceOf = createPriceOf({ "claude-*": { ...own, input: 1 }, "claude-sonnet*": own, "x-1": own });
    expect(priceOf("claude-sonnet-4-6")).toEqual(own);
    expect(priceOf("claude-opus-4-6")?.input).toBe(1);
    expect(priceOf("eu.anthropic.claude-sonnet-4-6-v1:0")).toEqual(own);
    expect(priceOf("x-1-20260101")).toEqual(own);
    expect(priceOf("x-10")).toBeNull();
  });

  it("writes to the cache cost 1.25 of the input, for an hour 2, and reads a tenth", () => {
    const price = builtIn("claude-sonnet-4-6");
    if (price === null) throw new Error("no price");
    const million = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0 };
    expect(costOf({ ...million, cacheWrite: 1e6 }, price)).toBeCloseTo(3.75, 9);
    expect(costOf({ ...million, cacheWriteHour: 1e6 }, price)).toBeCloseTo(6, 9);
    expect(costOf({ ...million, cacheRead: 1e6 }, price)).toBeCloseTo(0.3, 9);
    expect(costOf({ ...million, input: 1e6, output: 1e6 }, price)).toBeCloseTo(18, 9);
  });
});
