import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Proposal } from "../../ports/forge.ts";
import type { Files, ForgeHarness, ForgeUnderTest } from "./forge-under-test.ts";

const head = "ai-implement/acme-1-add-a-total";

/** What every forge owes of the files of a repository, and what those that can do more owe of that (§10.2, §12). */
export const describeForgeFiles = (name: string, harness: ForgeHarness): void => {
  describe(`${name} as a forge that holds files`, () => {
    let scene: ForgeUnderTest;
    beforeEach(async () => {
      scene = await harness.open();
    });
    afterEach(async () => {
      await scene.close();
    });
    const propose = async (files: Files, title = "Keep the workflows up to date") => {
      const proposal: Proposal = {
        repository: scene.repository,
        branch: "ai-implement/workflows",
        title,
        body: "What they are for",
        commitMessage: "Update the workflows",
        files: new Map(Object.entries(files)),
      };
      if (scene.forge.propose === undefined) throw new Error(`${name} takes no proposals`);
      return scene.forge.propose(proposal);
    };

    test("§10.2 a file of the default branch is read as it is there, and what is not there is null", async () => {
      const { repository, forge } = scene;
      await scene.push(repository.defaultBranch, { "docs/a b/h\u00e4.md": "t\u00e9xt\n", "empty.md": "" });
      await scene.push(head, { "elsewhere.md": "1\n" });
      expect(await forge.readFile(repository, "docs/a b/h\u00e4.md")).toBe("t\u00e9xt\n");
      expect(await forge.readFile(repository, "empty.md")).toBe("");
      for (const path of ["none.md", "none/none.md", "docs", "elsewhere.md", "*.md", ":(top)empty.md"])
        expect(await forge.readFile(repository, path), path).toBeNull();
    });

    test("§10.2 only what is right in a folder is listed, and a folder that is not there has nothing", async () => {
      const { repository, forge } = scene;
      await scene.push(repository.defaultBranch, {
        "docs/one.md": "1",
        "docs/two.md": "2",
        "docs/deep/three.md": "3",
      });
      expect([...(await forge.listFiles(repository, "docs"))].sort()).toEqual(["one.md", "two.md"]);
      for (const folder of ["none", "docs/one.md", "doc"])
        expect(await forge.listFiles(repository, folder), folder).toEqual([]);
    });

    test("§11 no path leads out of the repository", async () => {
      const { repository, forge } = scene;
      for (const path of ["../README.md", "docs/../README.md", "/README.md", "./README.md", "", "a//b"]) {
        const refused = { name: "DeliveryError", retryable: false };
        await expect(forge.readFile(repository, path), path).rejects.toMatchObject(refused);
        await expect(forge.listFiles(repository, path), path).rejects.toMatchObject(refused);
      }
    });

    test("§10.2 a file of more than 1 MiB is refused by name", async () => {
      const { repository, forge } = scene;
      await scene.push(repository.defaultBranch, { "large.txt": "x".repeat(1024 * 1024 + 1) });
      await expect(forge.readFile(repository, "large.txt")).rejects.toMatchObject({
        retryable: false,
        message: expect.stringContaining("large.txt") as string,
      });
    });

    test("§12 a proposal is one pull request with all its files, however often it is made", async ({
      skip,
    }) => {
      if (scene.forge.propose === undefined) skip();
      const files = { ".github/workflows/a.yml": "name: a\n", "WORKFLOW.md": "# Work\n" };
      const first = await propose(files);
      expect(first).toMatchObject({
        outcome: "opened",
        pullRequest: {
          state: "open",
          title: "Keep the workflows up to date",
          head: "ai-implement/workflows",
        },
      });
      const again = await Promise.all([propose(files), propose(files)]);
      expect(again.map(({ outcome, pullRequest }) => [outcome, pullRequest.number])).toEqual([
        ["unchanged", first.pullRequest.number],
        ["unchanged", first.pullRequest.number],
      ]);
      const changed = await propose({ ...files, "WORKFLOW.md": "# Other\n" });
      expect(changed).toMatchObject({
        outcome: "updated",
        pullRequest: { number: first.pullRequest.number },
      });
      expect(await propose({ ...files, "WORKFLOW.md": "# Other\n" }, "New title")).toMatchObject({
        outcome: "updated",
        pullRequest: { number: first.pullRequest.number, title: "New title" },
      });
      const diff = await scene.forge.diff(scene.repository, first.pullRequest.number);
      expect(diff).toContain("+# Other");
      expect(diff).toContain("a.yml");
    });

    test("§12 once a proposal is merged there is nothing to propose, and the next one is a new pull request", async ({
      skip,
    }) => {
      if (scene.forge.propose === undefined) skip();
      const { pullRequest } = await propose({ "WORKFLOW.md": "1\n" });
      await scene.mergeByHand("ai-implement/workflows");
      expect(await scene.forge.readFile(scene.repository, "WORKFLOW.md")).toBe("1\n");
      await expect(propose({ "WORKFLOW.md": "1\n" })).rejects.toMatchObject({ retryable: false });
      const next = await propose({ "WORKFLOW.md": "2\n" });
      expect(next.outcome).toBe("opened");
      expect(next.pullRequest.number).not.toBe(pullRequest.number);
    });

    test("§12 what people say on a pull request is given back with who may say it", async ({ skip }) => {
      const { forge, repository, comment } = scene;
      if (forge.reviews === undefined || comment === undefined) return skip();
      await scene.push(head, { "total.txt": "1\n" });
      const { number } = await forge.publish({
        repository,
        head,
        base: repository.defaultBranch,
        title: "ACME-1: Add a total",
        body: "What was done",
        draft: false,
      });
      await comment(number, "stranger", "/ai-implement all of it");
      const [remark] = await forge.reviews.remarks(repository, number, null);
      expect(remark).toMatchObject({
        kind: "comment",
        author: "stranger",
        isBot: false,
        body: "/ai-implement all of it",
      });
      expect(await forge.reviews.mayWrite(repository, "stranger")).toBe(false);
    });
  });
};
