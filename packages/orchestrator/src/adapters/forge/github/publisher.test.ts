import type { Fault } from "@ai-implement/emulators/shared/faults.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { longestText } from "./github-text.ts";
import { type GithubScene, githubOpenApi, head, openGithubScene } from "./testing/github-scene.ts";

describe.skipIf(githubOpenApi === null)("publishing on GitHub", () => {
  let scene: GithubScene;
  beforeEach(async () => {
    scene = await openGithubScene();
    await scene.site.commit(scene.repository, head, { "total.txt": "1\n" });
  });
  afterEach(async () => {
    await scene.close();
  });

  const pulls = () => scene.site.pullRequests(scene.repository);
  /** The first request that is like it meets the fault. */
  const once = (like: RegExp, fault: Fault): void => {
    let met = false;
    scene.emulator.setFaults(({ method, path }) => {
      if (met || !like.test(`${method} ${path}`)) return null;
      met = true;
      return fault;
    });
  };

  test.each([{ kind: "reset-after" }, { kind: "cut-off" }] as const)(
    "§9 an answer that was lost ($kind) is looked for, and nothing is opened twice",
    async (fault) => {
      once(/^POST .*\/pulls$/, fault);
      expect((await scene.forge.publish(scene.draft())).number).toBe(1);
      expect(pulls()).toHaveLength(1);
      expect(scene.requests(/^POST .*\/pulls$/)).toHaveLength(1);
    },
  );

  test("§9 a request that never arrived is the recorder's to repeat", async () => {
    once(/^POST .*\/pulls$/, { kind: "reset-before" });
    await expect(scene.forge.publish(scene.draft())).rejects.toMatchObject({ retryable: true });
    expect(pulls()).toEqual([]);
    await scene.forge.publish(scene.draft());
    expect(pulls()).toHaveLength(1);
  });

  test("§9 of two services that publish at once, both have the one pull request", async () => {
    const other = scene.restarted().forge;
    const both = await Promise.all([scene.forge.publish(scene.draft()), other.publish(scene.draft())]);
    expect(both.map(({ number }) => number)).toEqual([1, 1]);
    expect(pulls()).toHaveLength(1);
  });

  test("§12 what is up to date is not written again", async () => {
    await scene.forge.publish(scene.draft({ body: "One\nTwo" }));
    const before = scene.requests(/^(POST|PATCH|PUT|DELETE)/).length;
    await scene.forge.publish(scene.draft({ body: "One\nTwo" }));
    expect(scene.requests(/^(POST|PATCH|PUT|DELETE)/)).toHaveLength(before);
  });

  test("§10.1 a draft becomes ready for review, and a pull request a draft", async () => {
    await scene.forge.publish(scene.draft({ draft: true }));
    expect(await scene.forge.publish(scene.draft())).toMatchObject({ draft: false });
    expect(pulls()[0]?.draft).toBe(false);
    expect(await scene.forge.publish(scene.draft({ draft: true }))).toMatchObject({ draft: true });
    expect(pulls()[0]?.draft).toBe(true);
  });

  test("§8.4 a description of 70 kB is cut with a notice, and does not change at the next publication", async () => {
    const body = `${"A line of the description.\n".repeat(2_700)}end`;
    const published = await scene.forge.publish(scene.draft({ body }));
    expect(published.body.length).toBeLessThanOrEqual(longestText);
    expect(published.body).toMatch(/longer than GitHub allows, and was cut here/);
    await scene.forge.publish(scene.draft({ body }));
    expect(scene.requests(/^PATCH/)).toEqual([]);
  });

  test("§12 a pull request that a person closed is the answer to its late publication, and new work is a new one", async () => {
    await scene.forge.publish(scene.draft());
    scene.site.close(scene.repository, 1, "person");
    expect(await scene.forge.publish(scene.draft())).toMatchObject({ number: 1, state: "closed" });
    await scene.site.commit(scene.repository, head, { "total.txt": "2\n" });
    expect(await scene.forge.publish(scene.draft())).toMatchObject({ number: 2, state: "open" });
  });

  test("§12 merged and its branch removed, it is the answer to its late publication", async () => {
    await scene.forge.publish(scene.draft());
    await scene.site.merge(scene.repository, 1, "person");
    await scene.site.deleteBranch(scene.repository, head);
    expect(await scene.forge.publish(scene.draft())).toMatchObject({ number: 1, state: "merged" });
  });

  test("§11.7 a fork's pull request of the same branch name is not ours, whatever it says", async () => {
    await scene.site.addRepository({ owner: "stranger", name: "tally" });
    await scene.site.commit({ owner: "stranger", name: "tally" }, head, { "evil.txt": "1\n" });
    const forged = await scene.site.openPullRequest(scene.repository, {
      head,
      headRepository: "stranger/tally",
      title: "ACME-1: Add a total",
      body: '<!-- ai-implement {"run":"x"} -->',
      author: "stranger",
    });
    const published = await scene.forge.publish(scene.draft());
    expect(published.number).not.toBe(forged);
    expect(await scene.forge.find(scene.repository, forged)).toBeNull();
    await scene.forge.upsertComment(scene.repository, head, "## Gaps", "## Gaps");
    expect(scene.site.comments(scene.repository, forged)).toEqual([]);
    expect(scene.site.comments(scene.repository, published.number)).toHaveLength(1);
  });

  test("§12 a base that is not there is told by the setting that names it", async () => {
    const refused = scene.forge.publish(scene.draft({ base: "trunk" }));
    await expect(refused).rejects.toMatchObject({ retryable: false });
    await expect(refused).rejects.toThrow(
      'There is no branch "trunk" in acme/tally: correct the project\'s defaultBranch.',
    );
  });
});

describe.skipIf(githubOpenApi === null)("GitHub says no", () => {
  let scene: GithubScene;
  beforeEach(async () => {
    scene = await openGithubScene();
    await scene.site.commit(scene.repository, head, { "total.txt": "1\n" });
  });
  afterEach(async () => {
    await scene.close();
  });
  const publish = () => scene.forge.publish(scene.draft());

  test("the App is not installed: what to do, and it goes out once that is done", async () => {
    scene.site.uninstall("acme");
    await expect(publish()).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining(
        "Install the GitHub App on acme and give it the repository tally.",
      ) as string,
    });
    scene.site.install("acme");
    scene.advance(60_000);
    expect(await publish()).toMatchObject({ number: 1 });
  });

  test("a permission is missing: it is named, and goes out once it is there", async () => {
    scene.site.uninstall("acme");
    scene.site.install("acme", {
      permissions: { metadata: "read", contents: "write", pull_requests: "read" },
    });
    await expect(publish()).rejects.toMatchObject({
      retryable: true,
      message: expect.stringMatching(/acme lacks the permission .*pull_requests/) as string,
    });
    scene.site.uninstall("acme");
    scene.site.install("acme");
    scene.advance(60_000);
    expect(await publish()).toMatchObject({ number: 1 });
  });

  test("the installation is suspended", async () => {
    scene.site.suspend("acme");
    await expect(publish()).rejects.toThrow("The installation of the GitHub App on acme is suspended.");
  });

  test("the repository is gone, before and after the first look at it", async () => {
    await publish();
    await scene.site.removeRepository(scene.repository);
    const gone = /acme\/tally.*(correct the project's owner and repo)/;
    await expect(publish()).rejects.toThrow(gone);
    await expect(scene.restarted().forge.publish(scene.draft())).rejects.toThrow(gone);
  });

  test("the repository was not given to the App", async () => {
    scene.site.uninstall("acme");
    await scene.site.addRepository({ owner: "acme", name: "other" });
    scene.site.install("acme", { repositories: ["other"] });
    await expect(publish()).rejects.toThrow("Give the App's installation on acme the repository tally");
  });

  test("the repository is archived: given up with what to do", async () => {
    scene.site.archive(scene.repository);
    await expect(publish()).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining("Unarchive it on GitHub") as string,
    });
  });

  test("the branch of a proposal is protected: given up in GitHub's own words", async () => {
    const proposal = {
      repository: scene.repository,
      branch: "ai-implement/workflows",
      title: "t",
      body: "b",
      commitMessage: "m",
      files: new Map([["WORKFLOW.md", "1\n"]]),
    };
    scene.site.protect(scene.repository, proposal.branch);
    const refused = scene.forge.propose?.(proposal);
    await expect(refused).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining("through a pull request") as string,
    });
    expect(scene.site.pullRequests(scene.repository)).toEqual([]);
  });
});
