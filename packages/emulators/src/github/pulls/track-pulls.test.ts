import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../../testing/schemas.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };

describe.skipIf(schemaFile === null)("a pull request follows its branches", () => {
  let github: OpenGithub;
  beforeEach(async () => {
    github = await openGithub(schemaFile ?? "");
    github.emulator.setWebhook({ url: `${github.emulator.url}/hook`, secret: "secret" });
    await github.emulator.site.commit(tally, "feature", { "a.txt": "a" });
    await github.emulator.site.openPullRequest(tally, { head: "feature", title: "A", author: "mona" });
  });
  afterEach(() => github.close());

  /** `pull_request` webhooks, once there are as many. */
  const told = async (count: number) => {
    const all = () =>
      github.emulator
        .deliveries()
        .filter(({ headers }) => headers["x-github-event"] === "pull_request")
        .map(({ body }) => JSON.parse(body) as Record<string, unknown> & { pull_request: object });
    await expect.poll(() => all().length).toBe(count);
    return all();
  };
  const actions = async (count: number) => (await told(count)).map(({ action }) => action);
  const get = async (number = 1) =>
    (await github.call("GET", `/repos/acme/tally/pulls/${number}`)).body as { head: { sha: string } };

  test("a push to the head synchronizes it", async () => {
    const before = (await get()).head.sha;
    const after = await github.emulator.site.commit(tally, "feature", { "b.txt": "b" });
    expect(await get()).toMatchObject({ head: { sha: after }, commits: 2, changed_files: 2 });
    expect((await told(2))[1]).toMatchObject({
      action: "synchronize",
      before,
      after,
      pull_request: { head: { sha: after } },
    });
  });

  test("a push to the base changes whether it can be merged, and tells nobody", async () => {
    await github.emulator.site.commit(tally, "main", { "a.txt": "other" });
    expect(await get()).toMatchObject({ mergeable: false });
    expect(await actions(1)).toEqual(["opened"]);
  });

  test("a head that is deleted closes it, and it cannot be opened again", async () => {
    await github.emulator.site.deleteBranch(tally, "feature");
    expect(await get()).toMatchObject({ state: "closed", merged: false, changed_files: 1 });
    expect(await actions(2)).toEqual(["opened", "closed"]);
    const reopened = await github.call("PATCH", "/repos/acme/tally/pulls/1", { body: { state: "open" } });
    expect(reopened.body).toMatchObject({
      errors: [{ message: "state cannot be changed. The feature branch has been deleted." }],
    });
  });

  test("what was pushed while it was closed is there when it is opened again", async () => {
    github.emulator.site.close(tally, 1, "mona");
    const after = await github.emulator.site.commit(tally, "feature", { "b.txt": "b" });
    const reopened = await github.call("PATCH", "/repos/acme/tally/pulls/1", { body: { state: "open" } });
    expect(reopened.body).toMatchObject({ state: "open", head: { sha: after } });
    expect(await actions(4)).toEqual(["opened", "closed", "reopened", "synchronize"]);
  });

  test("a head that is pushed to the base by hand merges it", async () => {
    const { sha } = (await get()).head;
    const moved = await github.call("PATCH", "/repos/acme/tally/git/refs/heads/main", { body: { sha } });
    expect(moved.status).toBe(200);
    expect(await get()).toMatchObject({ state: "closed", merged: true, merge_commit_sha: sha });
    expect((await told(2))[1]).toMatchObject({ action: "closed", pull_request: { merged: true } });
  });

  test("a head that is set back to its base closes it without a merge", async () => {
    const main = await github.call("GET", "/repos/acme/tally/branches/main");
    const { sha } = (main.body as { commit: { sha: string } }).commit;
    const body = { sha, force: true };
    await github.call("PATCH", "/repos/acme/tally/git/refs/heads/feature", { body });
    expect(await get()).toMatchObject({ state: "closed", merged: false });
    expect(await actions(3)).toEqual(["opened", "synchronize", "closed"]);
  });

  test("pushes at the same time lose nothing: each webhook begins where the one before ended", async () => {
    const { site } = github.emulator;
    const first = (await get()).head.sha;
    const names = ["one", "two", "three", "four", "five"];
    const shas = await Promise.all(names.map((name) => site.commit(tally, "feature", { [name]: name })));
    const last = (await get()).head.sha;
    expect(shas).toContain(last);
    expect(await get()).toMatchObject({ commits: 6, changed_files: 6 });
    const moves = () =>
      github.emulator.deliveries().flatMap(({ body }) => {
        const { action, before, after } = JSON.parse(body) as Record<string, unknown>;
        return action === "synchronize" ? [{ before, after }] : [];
      });
    await expect.poll(() => moves().at(-1)?.after).toBe(last);
    const ends = [first, ...moves().map(({ after }) => after)];
    expect(moves().map(({ before }) => before)).toEqual(ends.slice(0, -1));
    expect(new Set(ends).size).toBe(ends.length);
  });

  test("one from a fork names the fork, and follows it", async () => {
    const { site } = github.emulator;
    const fork = { owner: "stranger", name: "tally" };
    await site.addRepository(fork);
    await site.commit(fork, "main", { "README.md": "# tally\n" });
    await site.commit(fork, "evil", { "e.txt": "e" });
    const number = await site.openPullRequest(tally, {
      head: "evil",
      title: "Mine",
      author: "stranger",
      headRepository: "stranger/tally",
    });
    const label = { head: { label: "stranger:evil", repo: { full_name: "stranger/tally" } } };
    expect(await get(number)).toMatchObject({ ...label, base: { repo: { full_name: "acme/tally" } } });
    const after = await site.commit(fork, "evil", { "f.txt": "f" });
    expect((await get(number)).head.sha).toBe(after);
    expect(site.pullRequests(tally)[1]).toMatchObject({
      headRepository: "stranger/tally",
      author: "stranger",
    });
    await site.removeRepository(fork);
    await site.commit(tally, "main", { "x.txt": "x" });
    expect(site.pullRequests(tally)[1]).toMatchObject({ state: "closed" });
  });
});
