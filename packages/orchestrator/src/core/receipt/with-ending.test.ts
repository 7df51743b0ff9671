import { describe, expect, it } from "vitest";
import { fitted, longestDescription, withEnding } from "./with-ending.ts";

describe("a description and its receipt within the code host's limit (§11.3, §12)", () => {
  const ending = `${"r".repeat(30_000)}\nthe end`;

  it("stand below each other", () => {
    expect(withEnding("words", ending)).toBe(`words\n\n${ending}`);
  });

  it.each([
    ["of many lines", `${"a line\n".repeat(20_000)}`],
    ["of one line", "x".repeat(100_000)],
  ])("cut the description %s and never the receipt", (_, description) => {
    const body = withEnding(description, ending);
    expect(body.length).toBeLessThanOrEqual(longestDescription);
    expect(body.length).toBeGreaterThan(longestDescription - 200);
    expect(body.endsWith(`\n\n${ending}`)).toBe(true);
    expect(body).toContain("\n\n_Cut here:");
  });

  it("cut at the end of a line, and leave no half of a character", () => {
    const kept = fitted(`${"> quoted words\n".repeat(100)}`, 500).split("\n\n")[0] ?? "";
    expect(new Set(kept.split("\n"))).toEqual(new Set(["> quoted words"]));
    for (const room of [500, 501]) expect(fitted("\u{1F4DC}".repeat(500), room).isWellFormed()).toBe(true);
    expect(fitted("as it is", 8)).toBe("as it is");
  });
});
