import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type GithubScene, githubOpenApi, head, openGithubScene } from "./testing/github-scene.ts";

describe.skipIf(githubOpenApi === null)("reading GitHub", () => {
  let scene: GithubScene;
  beforeEach(async () => {
    scene = await openGithubScene();
  });
  afterEach(async () => {
    await scene.close();
  });
  const heads = (count: number) =>
    Array.from({ length: count }, (_, index) => `ai-implement/acme-${index + 1}`);

  const publishAll = async (count: number): Promise<void> => {
    for (const branch of heads(count)) {
      await scene.site.commit(scene.repository, branch, { [`${branch}.txt`]: "1\n" });
      await scene.forge.publish(scene.draft({ head: branch }));
    }
  };

  test("§6 pull requests that are looked for together are one list; what is not on it is asked for by number", async () => {
    await publishAll(5);
    const before = scene.requests().length;
    const numbers = [1, 2, 3, 4, 5, 999];
    const found = await Promise.all(numbers.map((number) => scene.forge.find(scene.repository, number)));
    expect(found.map((each) => each?.head ?? null)).toEqual([...heads(5), null]);
    expect(
      scene
        .requests()
        .slice(before)
        .map(({ path }) => path),
    ).toEqual(["/repos/acme/tally/pulls", "/repos/acme/tally/pulls/999"]);
  });

  test("§6 one alone is asked for by number, and is not told again while it is as it was", async () => {
    await publishAll(1);
    const first = await scene.forge.find(scene.repository, 1);
    expect(first?.updatedAt).toBeGreaterThan(0);
    expect(await scene.forge.find(scene.repository, 1)).toEqual(first);
    scene.site.comment(scene.repository, 1, "person", "Hello");
    expect(scene.requests(/pulls\/1$/)).toHaveLength(2);
  });

  test("§12 the clone URL carries no credential, and what is granted is for this one repository's contents", async () => {
    expect(await scene.forge.cloneAccess(scene.repository)).toEqual({
      url: `${scene.emulator.url}/acme/tally.git`,
    });
    const access = await scene.forge.grant?.(scene.repository, "write");
    if (access === undefined) throw new Error("GitHub grants");
    const asked = () =>
      fetch(`${scene.emulator.apiUrl}/repos/acme/tally/contents/README.md`, {
        headers: { authorization: `Bearer ${access.token}` },
      });
    expect((await asked()).status).toBe(200);
    expect(scene.requests(/contents/).at(-1)?.by).toMatchObject({
      repositories: [expect.stringMatching(/^(acme\/)?tally$/)],
      permissions: { contents: "write" },
    });
    await scene.forge.revoke?.(access);
    expect((await asked()).status).toBe(401);
    await scene.forge.revoke?.(access);
  });

  test("§5.1 a default branch that is not there is named, and reads as no missing file", async () => {
    await expect(
      scene.forge.readFile({ ...scene.repository, defaultBranch: "trunk" }, "README.md"),
    ).rejects.toThrow('There is no branch "trunk" in acme/tally');
  });

  describe("§12 remarks", () => {
    beforeEach(async () => {
      await scene.site.commit(scene.repository, head, { "total.txt": "1\n2\n3\n" });
      await scene.forge.publish(scene.draft());
    });
    test("of all three kinds are told, and a review without words is not", async () => {
      const comment = scene.site.comment(scene.repository, 1, "person", "/ai-implement also a mean");
      const review = scene.site.review(scene.repository, 1, {
        author: "reviewer",
        state: "changes_requested",
        body: "Not yet",
        comments: [{ path: "total.txt", line: 2, body: "Why two?" }],
      });
      scene.site.review(scene.repository, 1, { author: "reviewer", state: "approved" });
      scene.site.review(scene.repository, 1, {
        author: "reviewer",
        state: "commented",
        comments: [{ path: "total.txt", line: 3, body: "Three" }],
      });
      const remarks = await scene.reviews.remarks(scene.repository, 1, null);
      expect(remarks.map(({ kind, verdict, body }) => [kind, verdict, body])).toEqual(
        expect.arrayContaining([
          ["comment", undefined, "/ai-implement also a mean"],
          ["review", "changes-requested", "Not yet"],
          ["inline-comment", undefined, "Why two?"],
          ["review", "approved", ""],
          ["inline-comment", undefined, "Three"],
        ]),
      );
      expect(remarks).toHaveLength(5);
      expect(remarks.map(({ id }) => id)).toEqual(
        expect.arrayContaining([
          `issue-comment:${comment}`,
          `review:${review.id}`,
          `review-comment:${review.comments[0] ?? 0}`,
        ]),
      );
      expect(remarks.find(({ body }) => body === "Why two?")).toMatchObject({ path: "total.txt", line: 2 });
    });

    test("of more than a page are all told, and since a time only the later ones", async () => {
      for (let index = 0; index < 105; index += 1)
        scene.site.comment(scene.repository, 1, "person", `No. ${index}`);
      const all = await scene.reviews.remarks(scene.repository, 1, null);
      expect(all.map(({ body }) => body)).toEqual(Array.from({ length: 105 }, (_, index) => `No. ${index}`));
      const ahead = Date.now() + 10 * 60_000;
      expect(await scene.reviews.remarks(scene.repository, 1, ahead)).toEqual([]);
      const last = all.at(-1);
      expect(await scene.reviews.remarks(scene.repository, 1, last?.at ?? 0)).toContainEqual(last);
    });

    test("§11.7 only who may write may ask, and that is not asked again within a minute", async () => {
      scene.site.setPermission(scene.repository, "writer", "write");
      scene.site.setPermission(scene.repository, "boss", "admin");
      const mayWrite = (login: string) => scene.reviews.mayWrite(scene.repository, login);
      expect(await Promise.all(["writer", "boss", "reader"].map(mayWrite))).toEqual([true, true, false]);
      scene.site.setPermission(scene.repository, "writer", "read");
      expect(await mayWrite("Writer")).toBe(true);
      scene.advance(60_000);
      expect(await mayWrite("writer")).toBe(false);
      await expect(mayWrite("..")).rejects.toMatchObject({ retryable: false });
    });

    test("§12 a reaction shows that a command was taken or refused, once however often it is sent", async () => {
      const comment = scene.site.comment(scene.repository, 1, "person", "/ai-implement x");
      const review = scene.site.review(scene.repository, 1, {
        author: "reviewer",
        state: "commented",
        comments: [{ path: "total.txt", line: 2, body: "Why?" }],
      });
      const react = (id: string, reaction: "taken" | "refused") =>
        scene.reviews.react(scene.repository, id, reaction);
      await react(`issue-comment:${comment}`, "taken");
      await react(`issue-comment:${comment}`, "taken");
      await react(`review-comment:${review.comments[0] ?? 0}`, "refused");
      await react(`review:${review.id}`, "taken");
      await react("issue-comment:999999", "taken");
      await expect(react("issue-comment:x/../1", "taken")).rejects.toMatchObject({ retryable: false });
      const given = (seen: { readonly reactions: readonly { readonly content: string }[] } | undefined) =>
        seen?.reactions.map(({ content }) => content);
      expect(given(scene.site.comments(scene.repository, 1).find(({ id }) => id === comment))).toEqual([
        "eyes",
      ]);
      expect(given(scene.site.reviewComments(scene.repository, 1)[0])).toEqual(["confused"]);
    });

    test("§12 the standing has checks and the last word of each reviewer", async () => {
      expect(await scene.reviews.standing(scene.repository, 1)).toEqual({
        mergeable: true,
        checks: "none",
        approvals: 0,
        changesRequested: 0,
      });
      const commit = await scene.site.commit(scene.repository, head, { "more.txt": "1\n" });
      scene.site.setCheck(scene.repository, commit, { name: "test", conclusion: null });
      scene.site.review(scene.repository, 1, { author: "one", state: "changes_requested", body: "No" });
      scene.site.review(scene.repository, 1, { author: "two", state: "changes_requested", body: "No" });
      scene.site.review(scene.repository, 1, { author: "one", state: "approved" });
      expect(await scene.reviews.standing(scene.repository, 1)).toMatchObject({
        checks: "pending",
        approvals: 1,
        changesRequested: 1,
      });
      scene.site.setCheck(scene.repository, commit, { name: "test", conclusion: "failure" });
      expect(await scene.reviews.standing(scene.repository, 1)).toMatchObject({ checks: "failing" });
      expect(await scene.reviews.standing(scene.repository, 99)).toBeNull();
    });
  });
});
