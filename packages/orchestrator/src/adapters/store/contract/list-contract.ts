import { describe, expect, it } from "vitest";
import { aProject, aRunId, aTicket, aTime } from "../../../core/testing/builders.ts";
import { anImplementedReport } from "../../../core/testing/reports.ts";
import type { LogQuery, Page } from "../../../ports/store.ts";
import { admissionOf, aKnownPullRequest, ended } from "./builders.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

/** Every page, one after the other. */
const allPages = async <Item>(
  list: (cursor?: string) => Promise<Page<Item>>,
): Promise<readonly (readonly Item[])[]> => {
  const pages: (readonly Item[])[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await (cursor === null ? list() : list(cursor));
    pages.push(page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return pages;
};

const from = (cursor?: string): { readonly cursor?: string } => (cursor === undefined ? {} : { cursor });

export const describeLists = (makeDatabase: MakeDatabase): void => {
  describe("the log (§13)", () => {
    const harness = useStore(makeDatabase);
    const ids = async (query: Omit<LogQuery, "limit">) =>
      (await harness.store.listRuns({ limit: 10, ...query })).items.map(({ run }) =>
        Number(`0x${run.id.slice(-4)}`),
      );
    const admit = (...admissions: ReturnType<typeof admissionOf>[]) => harness.store.commit({ admissions });

    it("comes newest first and in pages, each run once, those of the same instant too", async () => {
      await admit(...[4, 1, 5, 2, 3].map((n) => admissionOf({ n, at: aTime + (n > 3 ? 0 : n) })));
      const pages = await allPages((cursor) => harness.store.listRuns({ limit: 2, ...from(cursor) }));
      expect(pages.map((page) => page.map(({ run }) => run.id))).toEqual([
        [aRunId(3), aRunId(2)],
        [aRunId(1), aRunId(5)],
        [aRunId(4)],
      ]);
    });

    it("stays in place while new runs come in", async () => {
      await admit(admissionOf({ n: 1 }), admissionOf({ n: 2, at: aTime + 1 }));
      const { nextCursor } = await harness.store.listRuns({ limit: 1 });
      await admit(admissionOf({ n: 3, at: aTime + 2 }));
      expect(await ids({ cursor: nextCursor ?? "" })).toEqual([1]);
    });

    it("can be narrowed to a project, a phase and states", async () => {
      const shop = aProject({ key: "SHOP" });
      const first = admissionOf({ n: 1 });
      await admit(first, admissionOf({ n: 2, project: shop, at: aTime + 1 }));
      await admit(admissionOf({ n: 3, phase: "plan", at: aTime + 2 }));
      await harness.store.commit({ runs: [{ value: ended(first.run), version: 1 }] });
      expect(await ids({ projectKey: "SHOP" })).toEqual([2]);
      expect(await ids({ phase: "implement" })).toEqual([2, 1]);
      expect(await ids({ states: ["succeeded", "failed"] })).toEqual([1]);
      expect(await ids({ projectKey: "ACME", phase: "plan", states: ["queued"] })).toEqual([3]);
      expect(await ids({ states: [] })).toEqual([]);
    });

    it("shows a run without its ticket's long parts, which the run itself keeps", async () => {
      const ticket = aTicket({ relatives: [{ identifier: "ACME-9", title: "Parent", relation: "parent" }] });
      const admission = { ...admissionOf(), run: { ...admissionOf().run, ticket } };
      await admit(admission);
      const { items } = await harness.store.listRuns({ limit: 1 });
      expect(items[0]?.run).toEqual({
        ...admission.run,
        ticket: { ...ticket, description: "", relatives: [] },
      });
      expect((await harness.store.listLiveRuns())[0]?.value).toEqual(admission.run);
      expect((await harness.store.runDetails(admission.run.id))?.run).toEqual(admission.run);
    });

    it("shows the pull request that a run led to, and none for a run that led to none", async () => {
      const plan = admissionOf({ phase: "plan" });
      const work = admissionOf({ n: 2, ticket: "ACME-1", at: aTime + 1 });
      await harness.store.commit({ admissions: [plan] });
      await harness.store.commit({
        runs: [{ value: ended(plan.run), version: 1 }],
        admissions: [work],
        pullRequests: [aKnownPullRequest(7, { ticket: "ACME-1", head: work.run.branch })],
      });
      const line = async () =>
        (await harness.store.listRuns({ limit: 10 })).items.map(({ pullRequest }) => pullRequest);
      expect(await line()).toEqual([null, null]);
      const report = anImplementedReport({ branch: work.run.branch });
      await harness.store.commit({ runs: [{ value: ended(work.run, { report }), version: 1 }] });
      expect(await line()).toEqual([{ number: 7, url: "https://forge.example/acme/shop/pull/7" }, null]);
    });

    it.each(["nonsense", "", "W10", Buffer.from("[1]").toString("base64url")])(
      "refuses the cursor %j, which it never gave",
      async (cursor) => {
        await expect(harness.store.listRuns({ limit: 1, cursor })).rejects.toThrow(RangeError);
        await expect(harness.store.listPullRequests({ limit: 1, cursor: `x${cursor}` })).rejects.toThrow(
          RangeError,
        );
      },
    );
  });

  describe("the pull requests (§13)", () => {
    const harness = useStore(makeDatabase);

    it("come newest first and in pages, and can be narrowed to a state", async () => {
      await harness.store.commit({
        pullRequests: [aKnownPullRequest(3), aKnownPullRequest(1, { state: "merged" }), aKnownPullRequest(2)],
      });
      const numbers = async (query: { readonly state?: "open" }) =>
        (
          await allPages((cursor) => harness.store.listPullRequests({ limit: 2, ...query, ...from(cursor) }))
        ).map((page) => page.map(({ pullRequest }) => pullRequest.number));
      expect(await numbers({})).toEqual([[2, 1], [3]]);
      expect(await numbers({ state: "open" })).toEqual([[2, 3]]);
    });

    it("are kept up to date under their repository and number (§12)", async () => {
      const { store } = harness;
      await store.commit({ pullRequests: [aKnownPullRequest(1)] });
      const merged = { ...aKnownPullRequest(1, { state: "merged", title: "New" }), updatedAt: aTime + 5 };
      const elsewhere = {
        ...aKnownPullRequest(1, { ticket: "ACME-2" }),
        repository: aProject({
          repository: { forge: "github", owner: "acme", name: "shop", defaultBranch: "main" },
        }).repository,
      };
      await store.commit({ pullRequests: [merged, elsewhere] });
      expect(await store.findPullRequest("linear:ACME-1")).toEqual(merged);
      expect(await store.findPullRequest("linear:ACME-2")).toEqual(elsewhere);
      expect(await store.findPullRequest("linear:ACME-3")).toBeNull();
      expect((await store.listPullRequests({ limit: 10 })).items).toEqual([elsewhere, merged]);
    });
  });
};
