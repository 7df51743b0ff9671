import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip, oneLine } from "./clip.ts";

const anyText = fc.string({ unit: "binary", maxLength: 300 });
const wellFormed = (text: string) => !/\p{Surrogate}/u.test(text);

describe("clip: every string that crosses the wire has a cap (§11.8)", () => {
  it("never gives more than the cap, and leaves a text that fits as it is", () => {
    fc.assert(
      fc.property(anyText, fc.nat(200), fc.constantFrom("head", "tail"), (text, max, keep) => {
        const clipped = clip(text, max, keep);
        expect(clipped.length).toBeLessThanOrEqual(max);
        if (text.length <= max) expect(clipped).toBe(text);
      }),
    );
  });

  it("never splits a character", () => {
    fc.assert(
      fc.property(
        anyText.filter(wellFormed),
        fc.nat(200),
        fc.constantFrom("head", "tail"),
        (text, max, keep) => {
          expect(wellFormed(clip(text, max, keep))).toBe(true);
        },
      ),
    );
  });

  it("says that something is missing and how much there was", () => {
    expect(clip("x".repeat(500), 100)).toMatch(/^x+ … \[cut, 500 characters in all\]$/);
    expect(clip("x".repeat(500), 100, "tail")).toMatch(/^\[cut, 500 characters in all\] … x+$/);
  });

  it("keeps the named end", () => {
    const text = `begin${"-".repeat(500)}end`;
    expect(clip(text, 100)).toMatch(/^begin/);
    expect(clip(text, 100, "tail")).toMatch(/end$/);
  });

  it("makes one line of many", () => {
    expect(oneLine("  a\n\tb \r\n c ", 100)).toBe("a b c");
  });
});
