import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aTime } from "../testing/builders.ts";
import { hours, minutes } from "../time.ts";
import { refusalKey } from "./refusals.ts";
import type { Remark } from "./remark.ts";

const pullRequest = "github:acme/tally#7";
const remark = (n: number, change: Partial<Remark> = {}): Remark => ({
  id: `issue-comment:${n}`,
  kind: "comment",
  author: "mallory",
  isBot: false,
  body: "/ai-implement mine",
  url: "https://forge.example/1",
  at: aTime,
  ...change,
});

describe("reactions to strangers who order us about (§9, §11.7)", () => {
  it("are five in an hour for each pull request, however many write however much", () => {
    const beginOfHour = Math.floor(aTime / hours(1)) * hours(1);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.nat({ max: hours(1) - 1 })), { maxLength: 500 }),
        (said) => {
          const keys = said.map(([author, after], n) =>
            refusalKey(pullRequest, remark(n, { author, at: beginOfHour + after })),
          );
          expect(new Set(keys).size).toBeLessThanOrEqual(5);
        },
      ),
    );
  });

  it("are one an hour for each of them, in whatever case a forge writes their name", () => {
    const first = refusalKey(pullRequest, remark(1));
    expect(refusalKey(pullRequest, remark(2, { author: "Mallory", at: aTime + minutes(1) }))).toBe(first);
    expect(refusalKey(pullRequest, remark(3, { at: aTime + hours(1) }))).not.toBe(first);
    expect(refusalKey("github:acme/tally#8", remark(1))).not.toBe(first);
  });

  it("have a key also where a remark is dated before 1970 or after 9999", () => {
    for (const at of [-1, 0, 8.64e15]) expect(refusalKey(pullRequest, remark(1, { at }))).toMatch(/:\d$/);
  });
});
