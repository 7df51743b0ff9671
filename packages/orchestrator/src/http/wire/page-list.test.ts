import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Refusal } from "../errors/refusal.ts";
import { pageOfList } from "./page-list.ts";

const same = (key: string) => key;

const readAll = (keys: readonly string[], limit: number): readonly string[] => {
  const { items, nextCursor } = pageOfList(keys, same, { limit });
  const read = [...items];
  for (let cursor = nextCursor; cursor !== null; ) {
    expect(cursor.length).toBeLessThanOrEqual(500);
    const page = pageOfList(keys, same, { limit, cursor });
    read.push(...page.items);
    cursor = page.nextCursor;
  }
  return read;
};

describe("Lists are paged by cursor (§13)", () => {
  it("shows every item exactly once, whatever the keys and the page size", () => {
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ minLength: 90 }));
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (keys, limit) => {
        expect([...readAll(keys, limit)].sort()).toEqual([...keys].sort());
      }),
    );
  });

  it("goes on at the same place when items before it went and others came", () => {
    const { nextCursor } = pageOfList(["a", "b", "c", "d"], same, { limit: 2 });
    const rest = pageOfList(["aa", "c", "d"], same, { limit: 5, cursor: nextCursor ?? "" });
    expect(rest).toEqual({ items: ["c", "d"], nextCursor: null });
  });

  it.each(["", "nonsense", "YWZ0ZXIgYQ==", "%00", "🙂"])("refuses %j as a cursor", (cursor) => {
    expect(() => pageOfList(["a"], same, { limit: 1, cursor })).toThrow(Refusal);
  });
});
