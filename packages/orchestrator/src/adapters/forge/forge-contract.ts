import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PullRequestDraft } from "../../core/runs/effects.ts";
import type { PullRequest } from "../../ports/forge.ts";
import { describeForgeFiles } from "./forge-files-contract.ts";
import type { ForgeHarness, ForgeUnderTest } from "./forge-under-test.ts";

const head = "ai-implement/acme-1-add-a-total";

/** What was changed has a time of its own. */
const timeless = (pullRequest: PullRequest | null) =>
  pullRequest === null ? null : { ...pullRequest, updatedAt: undefined };

/** What every forge owes the core (§9, §12), whichever vendor is behind it. */
export const describeForge = (name: string, harness: ForgeHarness): void => {
  describeForgeFiles(name, harness);
  describe(`${name} as a forge`, () => {
    let scene: ForgeUnderTest;
    beforeEach(async () => {
      scene = await harness.open();
    });
    afterEach(async () => {
      await scene.close();
    });

    const draftOf = (change: Partial<PullRequestDraft> = {}): PullRequestDraft => ({
      repository: scene.repository,
      head,
      base: scene.repository.defaultBranch,
      title: "ACME-1: Add a total",
      body: "What was done",
      draft: false,
      ...change,
    });
    const publish = async (change: Partial<PullRequestDraft> = {}): Promise<PullRequest> =>
      scene.forge.publish(draftOf(change));
    const find = (number: number) => scene.forge.find(scene.repository, number);

    test("§12 publishing opens one pull request, and finding it gives it back", async () => {
      await scene.push(head, { "total.txt": "1\n" });
      const published = await publish();
      expect(published).toMatchObject({
        title: "ACME-1: Add a total",
        body: "What was done",
        head,
        base: scene.repository.defaultBranch,
        state: "open",
        draft: false,
      });
      expect(published.url).toContain(String(published.number));
      expect(await find(published.number)).toEqual(published);
    });

    test("§9 the same publication again, even at the same time, is the same pull request", async () => {
      await scene.push(head, { "total.txt": "1\n" });
      const all = await Promise.all([publish(), publish(), publish()]);
      expect(new Set(all.map(({ number }) => number)).size).toBe(1);
    });

    test("§12 a second implement run brings the open pull request up to date", async () => {
      await scene.push(head, { "total.txt": "1\n" });
      const first = await publish({ draft: true });
      expect(first.draft).toBe(true);
      await scene.push(head, { "total.txt": "2\n" });
      const second = await publish({ title: "ACME-1: Add the total", body: "Again", draft: false });
      const wanted = { ...first, title: "ACME-1: Add the total", body: "Again", draft: false };
      expect(timeless(second)).toEqual(timeless(wanted));
      expect(timeless(await find(first.number))).toEqual(timeless(wanted));
    });

    test("§12 two heads are two pull requests", async () => {
      await scene.push(head, { "total.txt": "1\n" });
      await scene.push("ai-implement/acme-2", { "other.txt": "1\n" });
      expect((await publish()).number).not.toBe((await publish({ head: "ai-implement/acme-2" })).number);
    });

    test("§9 a branch that was never pushed, or that adds nothing, is refused for good, by name", async () => {
      await expect(publish()).rejects.toMatchObject({
        name: "DeliveryError",
        retryable: false,
        message: expect.stringContaining(head) as string,
      });
      await scene.push(head, { "total.txt": "1\n" });
      await scene.mergeByHand(head);
      await expect(publish()).rejects.toMatchObject({ name: "DeliveryError", retryable: false });
    });

    test("§12 a merge by hand is found; publishing again afterwards does not open another one", async () => {
      await scene.push(head, { "total.txt": "1\n" });
      const { number } = await publish();
      await scene.mergeByHand(head);
      expect(await find(number)).toMatchObject({ state: "merged" });
      expect(await publish()).toMatchObject({ number, state: "merged" });
    });

    test("§12 a branch that was deleted closes its pull request; merged before, it stays merged", async () => {
      await scene.push(head, { "total.txt": "1\n" });
      await scene.push("ai-implement/acme-2", { "other.txt": "1\n" });
      const first = await publish();
      const second = await publish({ head: "ai-implement/acme-2" });
      await scene.mergeByHand("ai-implement/acme-2");
      await scene.deleteBranch(head);
      await scene.deleteBranch("ai-implement/acme-2");
      expect(await find(first.number)).toMatchObject({ state: "closed" });
      expect(await find(second.number)).toMatchObject({ state: "merged" });
    });

    test("§12 new work on the head of a closed pull request is a new pull request", async () => {
      await scene.push(head, { "total.txt": "1\n" });
      const first = await publish();
      await scene.deleteBranch(head);
      expect(await find(first.number)).toMatchObject({ state: "closed" });
      await scene.push(head, { "total.txt": "2\n" });
      const second = await publish();
      expect(second.number).not.toBe(first.number);
      expect(await find(first.number)).toMatchObject({ state: "closed" });
    });

    test("§10.1 a comment is replaced by its first line; another first line is another comment", async () => {
      await scene.push(head, { "total.txt": "1\n" });
      const { number } = await publish();
      const comment = (marker: string, text: string) =>
        scene.forge.upsertComment(scene.repository, head, marker, `${marker}\n\n${text}`);
      await comment("## Gaps", "one");
      await comment("## Notes", "n");
      await comment("## Gaps", "two");
      await comment("## Gaps", "two");
      expect(await scene.comments(number)).toEqual(["## Gaps\n\ntwo", "## Notes\n\nn"]);
    });

    test("§9 comments at the same time lose nothing", async () => {
      await scene.push(head, { "total.txt": "1\n" });
      const { number } = await publish();
      const markers = Array.from({ length: 10 }, (_, index) => `## Part ${index}`);
      await Promise.all(
        markers.map((marker) => scene.forge.upsertComment(scene.repository, head, marker, marker)),
      );
      expect([...(await scene.comments(number))].sort()).toEqual(markers);
    });

    test("§9 a comment on a head without a pull request is refused for good", async () => {
      const comment = scene.forge.upsertComment(scene.repository, head, "## Gaps", "## Gaps");
      await expect(comment).rejects.toMatchObject({ name: "DeliveryError", retryable: false });
    });

    test("§12 the diff shows the head's own changes and nothing of the base's", async () => {
      await scene.push(head, { "total.txt": "one\n" });
      const { number } = await publish();
      await scene.push(scene.repository.defaultBranch, { "elsewhere.txt": "two\n" });
      const diff = await scene.forge.diff(scene.repository, number);
      expect(diff).toContain("+one");
      expect(diff).not.toContain("elsewhere");
    });

    test("a pull request that does not exist is null", async () => {
      expect(await find(12_345)).toBeNull();
    });

    test("§5.1 a repository with its default branch has no problems; a wrong default branch is named", async () => {
      const findings = await scene.forge.check(scene.repository);
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.filter(({ problem }) => problem !== null)).toEqual([]);
      const wrong = await scene.forge.check({ ...scene.repository, defaultBranch: "trunk" });
      const [trunk] = wrong.filter(({ problem }) => problem !== null);
      expect(trunk?.subject).toBe("defaultBranch");
      expect(trunk?.problem?.what).toContain("trunk");
    });
  });
};
