import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGithubClient } from "../../shared/github/create-github-client.ts";
import { testKey } from "../../shared/github/testing/scripted-github.ts";
import { createGithubForge } from "./github-forge.ts";
import { type GithubScene, githubOpenApi, openGithubScene } from "./testing/github-scene.ts";

describe.skipIf(githubOpenApi === null)("§5.1 what has to be right on GitHub", () => {
  let scene: GithubScene;
  beforeEach(async () => {
    scene = await openGithubScene();
  });
  afterEach(async () => {
    await scene.close();
  });
  const problems = async (forge = scene.forge, repository = scene.repository) =>
    (await forge.check(repository)).flatMap(({ subject, problem }) =>
      problem === null ? [] : [{ subject, ...problem }],
    );
  const withKey = (privateKey: string, apiUrl = scene.emulator.apiUrl) => {
    const clock = { now: () => Date.now() };
    const gate = { retries: 0, timeoutMs: 2_000 };
    return createGithubForge({
      client: createGithubClient({ appId: 4242, privateKey, apiUrl, clock, gate }),
    });
  };

  test("all of it is looked at by name", async () => {
    const findings = await scene.forge.check(scene.repository);
    expect(findings.map(({ subject }) => subject)).toEqual([
      "GITHUB_APP_ID",
      "GITHUB_APP_PRIVATE_KEY",
      "owner",
      "the permission metadata: read",
      "the permission contents: write",
      "the permission pull_requests: write",
      "the permission issues: write",
      "the permission actions: write",
      "the permission checks: read",
      "the permission workflows: write",
      "repo",
      "defaultBranch",
    ]);
    expect(findings.every(({ problem }) => problem === null)).toBe(true);
  });

  test("a key of another App is told by its setting", async () => {
    expect(await problems(withKey(testKey("pkcs8").privateKey))).toMatchObject([
      {
        subject: "GITHUB_APP_PRIVATE_KEY",
        fix: expect.stringContaining("generate a new private key") as string,
      },
    ]);
  });

  test("a GitHub that is not there is a finding", async () => {
    const away = withKey(testKey("pkcs8").privateKey, "http://127.0.0.1:1/api/v3");
    expect(await problems(away)).toMatchObject([
      { subject: "GitHub", fix: expect.stringContaining("GITHUB_API_URL") as string },
    ]);
  });

  test("an App that is not installed is told with its page, and is right as soon as that is mended", async () => {
    scene.site.uninstall("acme");
    expect(await problems()).toEqual([
      {
        subject: "owner",
        what: 'The GitHub App is not installed on "acme".',
        fix: `Install the GitHub App on acme and give it the repository tally. Its page: ${scene.emulator.url}/apps/ai-implement`,
      },
    ]);
    scene.site.install("acme");
    expect(await problems()).toEqual([]);
  });

  test("a suspended installation", async () => {
    scene.site.suspend("acme");
    expect(await problems()).toMatchObject([
      { subject: "owner", fix: expect.stringContaining("Unsuspend") as string },
    ]);
  });

  test("every permission that is missing is named, and so is the fix", async () => {
    scene.site.uninstall("acme");
    scene.site.install("acme", {
      permissions: {
        metadata: "read",
        contents: "read",
        pull_requests: "write",
        checks: "read",
        actions: "write",
      },
    });
    const found = await problems();
    expect(found.map(({ subject }) => subject)).toEqual([
      "the permission contents: write",
      "the permission issues: write",
      "the permission workflows: write",
    ]);
    expect(found[0]?.fix).toContain("accept it");
  });

  test("a repository that is gone, not given, or archived", async () => {
    const gone = { ...scene.repository, name: "gone" };
    expect(await problems(scene.forge, gone)).toMatchObject([
      { subject: "repo", what: expect.stringContaining("acme/gone") as string },
    ]);
    scene.site.archive(scene.repository);
    expect(await problems()).toMatchObject([
      { subject: "repo", what: expect.stringContaining("archived") as string },
    ]);
  });

  test("another default branch is named", async () => {
    expect(await problems(scene.forge, { ...scene.repository, defaultBranch: "trunk" })).toEqual([
      {
        subject: "defaultBranch",
        what: 'The repository acme/tally has no branch "trunk"; its default branch is "main".',
        fix: "Correct the project's defaultBranch, or push the branch.",
      },
    ]);
  });
});
