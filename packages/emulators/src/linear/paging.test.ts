import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Page, type PageArguments, type Pageable, pageOf } from "./paging.ts";

const entitiesOf = (times: readonly number[]): readonly Pageable[] =>
  times.map((time, index) => ({ createdAt: time, updatedAt: 1_000 - time, sequence: index + 1 }));

const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });

/** All pages, followed to the end. */
const walk = (entities: readonly Pageable[], page: PageArguments, forward: boolean): readonly Pageable[] => {
  const seen: Pageable[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages <= entities.length; pages += 1) {
    const { nodes, pageInfo }: Page<Pageable> = pageOf(entities, {
      ...page,
      [forward ? "after" : "before"]: cursor,
    });
    if (forward) seen.push(...nodes);
    else seen.unshift(...nodes);
    cursor = forward ? pageInfo.endCursor : pageInfo.startCursor;
    if (!(forward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return seen;
  }
  throw new Error("the pages have no end");
};

describe("Relay paging (§7.2)", () => {
  test("pages followed to the end hold everything once, newest first, in either direction", () => {
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 1, max: 25 }),
        fc.constantFrom("createdAt", "updatedAt"),
        (list, size, orderBy) => {
          const entities = entitiesOf(list);
          const sorted = [...entities].sort(
            (one, other) => other[orderBy] - one[orderBy] || other.sequence - one.sequence,
          );
          expect(walk(entities, { first: size, orderBy }, true)).toEqual(sorted);
          expect(walk(entities, { last: size, orderBy }, false)).toEqual(sorted);
        },
      ),
    );
  });

  test("what leaves the list between two pages hides nothing else", () => {
    const entities = entitiesOf([1, 2, 3, 4, 5, 6]);
    const first = pageOf(entities, { first: 3 });
    const left = entities.filter((entity) => !first.nodes.includes(entity));
    const second = pageOf(left, { first: 3, after: first.pageInfo.endCursor });
    expect(second.nodes.map(({ createdAt }) => createdAt)).toEqual([3, 2, 1]);
  });

  test("a page has 50 entities unless it says otherwise, and at most 250", () => {
    const entities = entitiesOf(Array.from({ length: 300 }, (_, index) => index));
    expect(pageOf(entities, {}).nodes).toHaveLength(50);
    expect(pageOf(entities, { first: 250 }).nodes).toHaveLength(250);
    for (const first of [251, 0, -1]) expect(() => pageOf(entities, { first })).toThrow("1 to 250");
    expect(() => pageOf(entities, { first: 1, last: 1 })).toThrow("both");
    expect(() => pageOf(entities, { after: "elsewhere" })).toThrow("cursor");
  });

  test("what is archived is left out unless asked for", () => {
    const entities = [
      { createdAt: 1, updatedAt: 1, sequence: 1, archivedAt: 5 },
      { createdAt: 2, updatedAt: 2, sequence: 2, archivedAt: null },
    ];
    expect(pageOf(entities, {}).nodes).toHaveLength(1);
    expect(pageOf(entities, { includeArchived: true }).nodes).toHaveLength(2);
  });
});
