import { describe, expect, test } from "vitest";
import { Refusal } from "../refusal.ts";
import { createdFilter } from "./actions-created.ts";

describe("the range `created` of a list of runs", () => {
  const at = Date.parse("2026-03-04T05:06:07.890Z");
  test.each([
    [null, true],
    ["2026-03-04", true],
    ["2026-03-05", false],
    [">=2026-03-04T05:06:07Z", true],
    [">2026-03-04T05:06:07Z", false],
    ["<=2026-03-04T05:06:07Z", true],
    ["<2026-03-04", false],
    ["<2026-03-05", true],
    ["2026-03-01..2026-03-04", true],
    ["2026-03-01..2026-03-03", false],
    ["2026-03-04T05:06:07+00:00..*", true],
    ["*..2026-03-03", false],
  ])("%j holds a run of that day: %j", (text, holds) => {
    expect(createdFilter(text)(at)).toBe(holds);
  });

  test("what is no date is refused", () => {
    expect(() => createdFilter(">=yesterday")).toThrow(Refusal);
  });
});
