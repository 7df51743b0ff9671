import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../../testing/schemas.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };
const anything = (value: unknown): unknown => value;

describe.skipIf(schemaFile === null)("pull requests (§12)", () => {
  let github: OpenGithub;
  beforeEach(async () => {
    github = await openGithub(schemaFile ?? "");
    await github.emulator.site.commit(tally, "feature", { "a.txt": "one\ntwo\n" }, "Add a");
  });
  afterEach(() => github.close());

  const post = (body: object, path = "/repos/acme/tally/pulls") => github.call("POST", path, { body });
  const open = (more: object = {}) =>
    post({ title: "TAL-1: Add a", head: "feature", base: "main", body: "Why", ...more });
  const seen = () => github.emulator.site.pullRequests(tally);

  test("one is opened, with what git says of it", async () => {
    const { status, headers, body } = await open({ draft: true });
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`${github.emulator.apiUrl}/repos/acme/tally/pulls/1`);
    expect(body).toMatchObject({
      number: 1,
      state: "open",
      draft: true,
      title: "TAL-1: Add a",
      body: "Why",
      user: { login: "ai-implement[bot]", type: "Bot" },
      head: { label: "acme:feature", ref: "feature", repo: { full_name: "acme/tally" } },
      base: { label: "acme:main", ref: "main" },
      merged: false,
      mergeable: true,
      mergeable_state: "draft",
      commits: 1,
      additions: 2,
      deletions: 0,
      changed_files: 1,
    });
    const branch = await github.call("GET", "/repos/acme/tally/branches/feature");
    const { sha } = (branch.body as { commit: { sha: string } }).commit;
    expect((body as { head: { sha: string } }).head.sha).toBe(sha);
    const { node_id } = body as { node_id: string };
    expect(node_id).toMatch(/^PR_/);
    expect((await github.call("GET", "/repos/acme/tally/pulls/1")).body).toMatchObject({ node_id });
  });

  test.each([
    ["a head that is nowhere", { head: "nowhere" }, { field: "head", code: "invalid" }],
    ["a head of an owner that is nobody", { head: "nobody:feature" }, { field: "head", code: "invalid" }],
    ["a base that is nowhere", { base: "nowhere" }, { field: "base", code: "invalid" }],
    ["nothing to merge", { head: "main" }, { code: "custom", message: "No commits between main and main" }],
    ["no title", { title: undefined }, { field: "title", code: "missing_field" }],
    [
      "a body of more than 65,536 characters",
      { body: "x".repeat(65_537) },
      { field: "body", code: "custom", message: "body is too long (maximum is 65536 characters)" },
    ],
  ])("none is opened with %s", async (_, change, error) => {
    const { status, body } = await open(change);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      message: "Validation Failed",
      errors: [{ resource: "PullRequest", ...error }],
    });
    expect(seen()).toEqual([]);
  });

  test("65,536 characters are not too many", async () => {
    expect((await open({ body: "x".repeat(65_536) })).status).toBe(201);
  });

  test("there is one per head and base, also when two ask at the same time (§9)", async () => {
    const answers = await Promise.all([open(), open(), open()]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422, 422]);
    const again = await open();
    expect(again.body).toMatchObject({
      errors: [{ code: "custom", message: "A pull request already exists for acme:feature." }],
    });
    await github.emulator.site.commit(tally, "release", { "r.txt": "r" });
    expect((await open({ base: "release" })).status).toBe(201);
    expect(seen().map(({ number }) => number)).toEqual([1, 2]);
  });

  test("another one may follow for the head of one that was closed", async () => {
    await open();
    github.emulator.site.close(tally, 1, "mona");
    expect((await open()).body).toMatchObject({ number: 2 });
    const reopened = await github.call("PATCH", "/repos/acme/tally/pulls/1", { body: { state: "open" } });
    expect(reopened.status).toBe(422);
    expect(reopened.body).toMatchObject({
      errors: [
        { field: "state", message: anything(expect.stringContaining("already an open pull request")) },
      ],
    });
  });

  test("a list is filtered by state, head and base, and paged", async () => {
    const { site } = github.emulator;
    for (const name of ["one", "two", "three"]) {
      await site.commit(tally, name, { [`${name}.txt`]: name });
      await open({ head: name, title: name });
    }
    site.close(tally, 2, "mona");
    const list = async (query: string) => {
      const { body } = await github.call("GET", `/repos/acme/tally/pulls${query}`);
      return (body as { title: string }[]).map(({ title }) => title);
    };
    expect(await list("")).toEqual(["three", "one"]);
    expect(await list("?state=all&direction=asc")).toEqual(["one", "two", "three"]);
    expect(await list("?state=closed")).toEqual(["two"]);
    expect(await list("?head=ACME:three")).toEqual(["three"]);
    expect(await list("?head=stranger:three")).toEqual([]);
    // GitHub takes a head without an owner for no filter.
    expect(await list("?head=three")).toEqual(["three", "one"]);
    expect(await list("?base=other")).toEqual([]);
    const { headers } = await github.call("GET", "/repos/acme/tally/pulls?state=all&per_page=2");
    expect(headers.get("link")).toMatch(/[?&]page=2>; rel="next"/);
    expect(await list("?state=all&per_page=2&page=2")).toEqual(["one"]);
  });

  test("its diff, files and commits are git's", async () => {
    const { site } = github.emulator;
    await site.commit(tally, "feature", { "README.md": null, "b.bin": "b" }, "Remove README");
    await open();
    const diff = await github.call("GET", "/repos/acme/tally/pulls/1", {
      headers: { accept: "application/vnd.github.diff" },
    });
    expect(diff.headers.get("content-type")).toContain("application/vnd.github.diff");
    expect(diff.body).toMatch(/^diff --git a\/README\.md b\/README\.md\ndeleted file mode/);
    expect(diff.body).toContain("+++ b/a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n");
    const files = await github.call("GET", "/repos/acme/tally/pulls/1/files");
    expect(files.body).toMatchObject([
      { filename: "README.md", status: "removed", deletions: 1 },
      { filename: "a.txt", status: "added", additions: 2, changes: 2, patch: "@@ -0,0 +1,2 @@\n+one\n+two" },
      { filename: "b.bin", status: "added" },
    ]);
    const commits = await github.call("GET", "/repos/acme/tally/pulls/1/commits");
    const messages = (commits.body as { commit: { message: string } }[]).map(({ commit }) => commit.message);
    expect(messages).toEqual(["Add a", "Remove README"]);
  });

  test("title, body, base and state are changed", async () => {
    await open();
    await github.emulator.site.commit(tally, "release", { "r.txt": "r" });
    const edit = (body: object) => github.call("PATCH", "/repos/acme/tally/pulls/1", { body });
    expect((await edit({ title: "Other", body: "Because", base: "release" })).body).toMatchObject({
      title: "Other",
      body: "Because",
      base: { ref: "release" },
      state: "open",
    });
    expect((await edit({ state: "closed" })).body).toMatchObject({ state: "closed", mergeable: null });
    expect((await edit({ state: "open" })).body).toMatchObject({ state: "open", closed_at: null });
    expect((await edit({ base: "nowhere" })).status).toBe(422);
    expect((await edit({ body: "x".repeat(65_537) })).status).toBe(422);
    expect(seen()).toMatchObject([{ title: "Other", body: "Because", base: "release", state: "open" }]);
  });

  describe("a merge", () => {
    const merge = (body: object = {}) => github.call("PUT", "/repos/acme/tally/pulls/1/merge", { body });

    test("is a commit with two parents on the base", async () => {
      await github.emulator.site.commit(tally, "main", { "c.txt": "c" }, "Meanwhile");
      await open();
      const { status, body } = await merge();
      expect([status, body]).toMatchObject([200, { merged: true }]);
      const { sha } = body as { sha: string };
      const commit = await github.call("GET", `/repos/acme/tally/git/commits/${sha}`);
      expect(commit.body).toMatchObject({
        message: "Merge pull request #1 from acme/feature\n\nTAL-1: Add a",
        parents: [{}, {}],
      });
      const { site } = github.emulator;
      expect(await site.file(tally, "main", "a.txt")).toBe("one\ntwo\n");
      expect(await site.file(tally, "main", "c.txt")).toBe("c");
      const { body: after } = await github.call("GET", "/repos/acme/tally/pulls/1");
      expect(after).toMatchObject({
        state: "closed",
        merged: true,
        merged_by: { login: "ai-implement[bot]" },
        merge_commit_sha: sha,
        changed_files: 1,
      });
      expect((await github.call("GET", "/repos/acme/tally/pulls/1/merge")).status).toBe(204);
      expect((await merge()).status).toBe(405);
    });

    test("may squash", async () => {
      await open();
      await merge({ merge_method: "squash", commit_title: "One commit" });
      expect(await github.emulator.site.commits(tally, "main")).toEqual(["One commit", "Initial commit"]);
    });

    test("is refused with conflicts, as a draft, of another head, and without a review that is required", async () => {
      const { site } = github.emulator;
      await open({ draft: true });
      expect((await merge()).body).toMatchObject({ message: "Pull Request is still a draft" });
      await github.graphql(
        `mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { clientMutationId } }`,
        {
          id: ((await github.call("GET", "/repos/acme/tally/pulls/1")).body as { node_id: string }).node_id,
        },
      );
      expect((await merge({ sha: "0".repeat(40) })).status).toBe(409);
      site.protect(tally, "main");
      expect((await github.call("GET", "/repos/acme/tally/pulls/1")).body).toMatchObject({
        mergeable_state: "blocked",
      });
      expect((await merge()).status).toBe(405);
      site.review(tally, 1, { author: "mona", state: "approved" });
      await site.commit(tally, "main", { "a.txt": "other\n" });
      expect((await github.call("GET", "/repos/acme/tally/pulls/1")).body).toMatchObject({
        mergeable: false,
        mergeable_state: "dirty",
      });
      expect((await merge()).body).toMatchObject({ message: "Pull Request is not mergeable" });
      expect(seen()).toMatchObject([{ state: "open", merged: false }]);
    });

    test("happens once, when two ask at the same time (§9)", async () => {
      await open();
      const answers = await Promise.all([merge(), merge()]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 405]);
      expect(await github.emulator.site.commits(tally, "main")).toHaveLength(3);
    });
  });

  test("a token needs the permission, and an archived repository takes nothing", async () => {
    const reader = await github.token({ permissions: { pull_requests: "read" } });
    const body = { title: "T", head: "feature", base: "main" };
    const refused = await github.call("POST", "/repos/acme/tally/pulls", { token: reader, body });
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { message: "Resource not accessible by integration" },
    ]);
    expect((await github.call("GET", "/repos/acme/tally/pulls", { token: reader })).status).toBe(200);
    const issues = await github.token({ permissions: { issues: "write" } });
    expect((await github.call("GET", "/repos/acme/tally/pulls", { token: issues })).status).toBe(403);
    github.emulator.site.archive(tally);
    expect((await open()).status).toBe(403);
    expect(seen()).toEqual([]);
  });
});
