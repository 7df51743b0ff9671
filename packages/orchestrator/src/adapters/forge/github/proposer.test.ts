import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Proposal } from "../../../ports/forge.ts";
import { type GithubScene, githubOpenApi, openGithubScene } from "./testing/github-scene.ts";

const branch = "ai-implement/workflows";

describe.skipIf(githubOpenApi === null)("§12 a proposal on GitHub", () => {
  let scene: GithubScene;
  beforeEach(async () => {
    scene = await openGithubScene();
  });
  afterEach(async () => {
    await scene.close();
  });

  const propose = async (change: Partial<Proposal> = {}, forge = scene.forge) => {
    if (forge.propose === undefined) throw new Error("GitHub takes proposals");
    return forge.propose({
      repository: scene.repository,
      branch,
      title: "Keep the workflows up to date",
      body: "What they are for",
      commitMessage: "Update the workflows",
      files: new Map([[".github/workflows/a.yml", "name: a\n"]]),
      ...change,
    });
  };
  const commits = () => scene.site.commits(scene.repository, branch);

  test("is one commit on top of the default branch, also after that has moved on", async () => {
    await propose();
    expect(await commits()).toEqual([
      "Update the workflows",
      ...(await scene.site.commits(scene.repository, "main")),
    ]);
    await scene.site.commit(scene.repository, "main", { "new.txt": "1\n" }, "Go on");
    expect((await propose()).outcome).toBe("updated");
    expect((await commits()).slice(0, 2)).toEqual(["Update the workflows", "Go on"]);
    expect(scene.site.pullRequests(scene.repository)).toHaveLength(1);
  });

  test("leaves every other file as it is, and writes over what a person put on its branch", async () => {
    await propose();
    await scene.site.commit(scene.repository, branch, { "README.md": "by hand\n" });
    expect((await propose()).outcome).toBe("updated");
    expect(await scene.site.file(scene.repository, branch, "README.md")).toBe(
      await scene.site.file(scene.repository, "main", "README.md"),
    );
    expect(await scene.site.file(scene.repository, branch, ".github/workflows/a.yml")).toBe("name: a\n");
  });

  test("that stands already makes no commit and no pull request", async () => {
    await propose();
    const before = (await commits()).length;
    expect((await propose({}, scene.restarted().forge)).outcome).toBe("unchanged");
    expect(await commits()).toHaveLength(before);
    expect(scene.requests(/^POST .*\/(commits|refs|pulls)$/)).toHaveLength(3);
  });

  test("that a person closed is made anew", async () => {
    const { pullRequest } = await propose();
    scene.site.close(scene.repository, pullRequest.number, "person");
    const again = await propose({ commitMessage: "Update the workflows again" });
    expect(again).toMatchObject({ outcome: "opened", pullRequest: { state: "open" } });
    expect(again.pullRequest.number).not.toBe(pullRequest.number);
  });

  test.each([/\/git\/refs$/, /\/git\/commits$/, /\/git\/trees$/, /\/pulls$/])(
    "whose answer to %s was lost is one pull request after the next try",
    async (like) => {
      let met = false;
      scene.emulator.setFaults(({ method, path }) => {
        if (met || method !== "POST" || !like.test(path)) return null;
        met = true;
        return { kind: "reset-after" };
      });
      await propose().catch(() => undefined);
      expect(await propose()).toMatchObject({ pullRequest: { number: 1 } });
      expect(scene.site.pullRequests(scene.repository)).toHaveLength(1);
    },
  );

  test("without the permission for workflows is refused by that name", async () => {
    scene.site.uninstall("acme");
    scene.site.install("acme", {
      permissions: { metadata: "read", contents: "write", pull_requests: "write" },
    });
    await expect(propose()).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining("lacks the permission workflows: write") as string,
    });
  });

  test("of a default branch that is not there is given up by the setting that names it", async () => {
    const repository = { ...scene.repository, defaultBranch: "trunk" };
    await expect(propose({ repository })).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining("defaultBranch") as string,
    });
  });
});
