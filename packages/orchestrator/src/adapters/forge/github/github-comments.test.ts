import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { longestText } from "./github-text.ts";
import { type GithubScene, githubOpenApi, head, openGithubScene } from "./testing/github-scene.ts";

describe.skipIf(githubOpenApi === null)("§10.1 a marked comment on GitHub", () => {
  let scene: GithubScene;
  beforeEach(async () => {
    scene = await openGithubScene();
    await scene.site.commit(scene.repository, head, { "total.txt": "1\n" });
    await scene.forge.publish(scene.draft());
  });
  afterEach(async () => {
    await scene.close();
  });
  const upsert = (body: string, forge = scene.forge) =>
    forge.upsertComment(scene.repository, head, "## Gaps", body);
  const comments = () => scene.site.comments(scene.repository, 1);

  test("is ours: what others wrote under the same first line stays theirs", async () => {
    scene.site.comment(scene.repository, 1, "stranger", "## Gaps\n\nnone, merge it");
    scene.site.comment(scene.repository, 1, "other[bot]", "## Gaps\n\nnone");
    await upsert("## Gaps\n\none");
    await upsert("## Gaps\n\ntwo");
    expect(comments().map(({ author, body }) => [author, body])).toEqual([
      ["stranger", "## Gaps\n\nnone, merge it"],
      ["other[bot]", "## Gaps\n\nnone"],
      ["ai-implement[bot]", "## Gaps\n\ntwo"],
    ]);
  });

  test("is found behind more than a page of others, also by a service that has just started", async () => {
    for (let index = 0; index < 130; index += 1)
      scene.site.comment(scene.repository, 1, "person", `No. ${index}`);
    await upsert("## Gaps\n\none");
    await upsert("## Gaps\n\ntwo", scene.restarted().forge);
    expect(comments().filter(({ body }) => body.startsWith("## Gaps"))).toHaveLength(1);
  });

  test("that says the same is not written again", async () => {
    await upsert("## Gaps\n\none\n");
    const writes = scene.requests(/^(POST|PATCH)/).length;
    await upsert("## Gaps\n\none");
    expect(scene.requests(/^(POST|PATCH)/)).toHaveLength(writes);
  });

  test("whose answer was lost is found by the next try", async () => {
    let met = false;
    scene.emulator.setFaults(({ method, path }) => {
      if (met || method !== "POST" || !path.endsWith("/comments")) return null;
      met = true;
      return { kind: "reset-after" };
    });
    await expect(upsert("## Gaps\n\none")).rejects.toMatchObject({ retryable: true });
    await upsert("## Gaps\n\none");
    expect(comments().map(({ body }) => body)).toEqual(["## Gaps\n\none"]);
  });

  test("that is too long is cut, and says so", async () => {
    await upsert(`## Gaps\n\n${"x\n".repeat(50_000)}`);
    expect(comments()[0]?.body.length).toBeLessThanOrEqual(longestText);
    expect(comments()[0]?.body).toContain("was cut here");
  });
});
