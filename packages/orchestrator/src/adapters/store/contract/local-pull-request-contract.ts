import { describe, expect, it } from "vitest";
import { aTime } from "../../../core/testing/builders.ts";
import type { LocalPullRequests } from "../../../ports/local-pull-requests.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

type Draft = Parameters<LocalPullRequests["open"]>[0];

const draft = (overrides: Partial<Draft> = {}): Draft => ({
  repository: "acme/shop",
  title: "Say hello",
  body: "It does.",
  head: "ai-implement/acme-1",
  base: "main",
  draft: false,
  updatedAt: aTime,
  ...overrides,
});

export const describeLocalPullRequests = (makeDatabase: MakeDatabase): void => {
  describe("the pull requests of the local forge (§12)", () => {
    const harness = useStore(makeDatabase);
    const open = (overrides: Partial<Draft> = {}) => harness.localPullRequests.open(draft(overrides));

    it("are numbered from 1 in each repository, and come back as they were opened", async () => {
      const first = { ...draft({ draft: true }), number: 1, state: "open", comments: [] };
      expect(await open({ draft: true })).toEqual(first);
      expect(await open({ head: "other" })).toMatchObject({ number: 2 });
      expect(await open({ repository: "acme/site" })).toMatchObject({ number: 1 });
      await harness.reopen();
      expect(await harness.localPullRequests.findByNumber("acme/shop", 1)).toEqual(first);
      expect(await harness.localPullRequests.findByNumber("acme/shop", 3)).toBeNull();
    });

    it("are at most one open per head; a closed one makes room for the next", async () => {
      const first = await open();
      expect(await open()).toBeNull();
      if (first === null) throw new Error("the first was not opened");
      const closed = { ...first, state: "closed" as const, comments: [{ marker: "m", body: "why" }] };
      await harness.localPullRequests.save(closed);
      expect(await harness.localPullRequests.findByHead("acme/shop", first.head)).toEqual(closed);
      expect(await open()).toMatchObject({ number: 2 });
      expect(await harness.localPullRequests.findByHead("acme/shop", first.head)).toMatchObject({
        number: 2,
      });
      expect(await harness.localPullRequests.findByHead("acme/shop", "none")).toBeNull();
    });

    it("are opened once by two who do it at once, and never share a number", async () => {
      const same = await Promise.all([open(), open(), open()]);
      expect(same.filter((opened) => opened !== null)).toHaveLength(1);
      const others = await Promise.all(["a", "b", "c"].map((head) => open({ head })));
      expect(others.map((opened) => opened?.number).toSorted()).toEqual([2, 3, 4]);
    });

    it("are not saved where they were never opened", async () => {
      const stranger = { ...draft(), number: 9, state: "open" as const, comments: [] };
      await expect(harness.localPullRequests.save(stranger)).rejects.toThrow("#9 of acme/shop");
    });
  });
};
