import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { type OpenGithub, openGithub } from "./testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };
const root = "/repos/acme/tally";
const nowhere = "1".repeat(40);

describe.skipIf(schemaFile === null)("the git data API", () => {
  let github: OpenGithub;
  beforeAll(async () => {
    github = await openGithub(schemaFile ?? "");
  });
  afterAll(() => github.close());

  const post = (path: string, body: unknown, token?: string) =>
    github.call("POST", `${root}/git/${path}`, { body, ...(token === undefined ? {} : { token }) });
  const shaOf = ({ body }: { readonly body: unknown }): string => (body as { sha: string }).sha;
  const head = async (branch: string): Promise<string> => {
    const { body } = await github.call("GET", `${root}/git/ref/heads/${branch}`);
    return (body as { object: { sha: string } }).object.sha;
  };
  const treeOf = async (commit: string): Promise<string> => {
    const { body } = await github.call("GET", `${root}/git/commits/${commit}`);
    return (body as { tree: { sha: string } }).tree.sha;
  };
  const commit = async (parent: string, files: readonly object[], message: string): Promise<string> => {
    const tree = shaOf(await post("trees", { base_tree: await treeOf(parent), tree: files }));
    return shaOf(await post("commits", { message, tree, parents: [parent] }));
  };
  const file = (path: string, content: string) => ({ path, mode: "100644", type: "blob", content });

  test("blobs, a tree on another, a commit and a branch make a change, as a sync does", async () => {
    const main = await head("main");
    const blob = await post("blobs", {
      content: Buffer.from("one\n").toString("base64"),
      encoding: "base64",
    });
    expect(blob.status).toBe(201);
    const made = await commit(
      main,
      [
        { path: "docs/one.txt", mode: "100644", type: "blob", sha: shaOf(blob) },
        file("docs/two.txt", "two\n"),
      ],
      "Two files",
    );
    expect((await post("refs", { ref: "refs/heads/sync/one", sha: made })).status).toBe(201);
    expect(await github.emulator.site.file(tally, "sync/one", "docs/one.txt")).toBe("one\n");
    expect(await github.emulator.site.file(tally, "sync/one", "docs/two.txt")).toBe("two\n");
    expect(await github.emulator.site.file(tally, "sync/one", "README.md")).toBe("# tally\n");
    expect((await github.call("GET", `${root}/git/commits/${made}`)).body).toMatchObject({
      message: "Two files",
      author: { name: "ai-implement[bot]" },
      parents: [{ sha: main }],
    });
    expect((await github.call("GET", `${root}/git/blobs/${shaOf(blob)}`)).body).toMatchObject({
      content: "b25lCg==\n",
      encoding: "base64",
      size: 4,
    });
    const listed = await github.call("GET", `${root}/git/trees/${await treeOf(made)}?recursive=1`);
    expect((listed.body as { tree: { path: string }[] }).tree.map(({ path }) => path)).toEqual([
      "README.md",
      "docs",
      "docs/one.txt",
      "docs/two.txt",
    ]);
  });

  test("a tree takes away files and folders, and takes over a folder", async () => {
    const main = await head("main");
    const full = await commit(main, [file("a/one", "1"), file("a/two", "2"), file("b", "3")], "Full");
    const { body } = await github.call("GET", `${root}/git/trees/${full}`);
    const folder = (body as { tree: { path: string; sha: string }[] }).tree.find(({ path }) => path === "a");
    const changed = await commit(
      full,
      [
        { path: "b", mode: "100644", type: "blob", sha: null },
        { path: "a", mode: "040000", type: "tree", sha: null },
        { path: "c", mode: "040000", type: "tree", sha: folder?.sha },
      ],
      "Moved",
    );
    const after = await github.call("GET", `${root}/git/trees/${changed}?recursive=true`);
    expect((after.body as { tree: { path: string }[] }).tree.map(({ path }) => path)).toEqual([
      "README.md",
      "c",
      "c/one",
      "c/two",
    ]);
  });

  test.each([
    ["trees", { tree: [{ path: "a", mode: "100644", type: "blob", sha: nowhere }] }, 422, "not a valid blob"],
    ["trees", { tree: [{ path: "a", mode: "100644", type: "blob" }] }, 422, "tree.sha or tree.content"],
    ["trees", { tree: [{ path: "../a", mode: "100644", content: "" }] }, 422, "malformed path component"],
    ["trees", { tree: [{ path: ".git/a", mode: "100644", content: "" }] }, 422, "malformed path component"],
    ["trees", { base_tree: nowhere, tree: [] }, 404, "Not Found"],
    ["commits", { message: "x", tree: nowhere }, 422, "Tree SHA does not exist"],
    ["refs", { ref: "heads/x", sha: nowhere }, 422, "must start with 'refs/'"],
    ["refs", { ref: "refs/heads/a..b", sha: nowhere }, 422, "not a valid ref name"],
    ["refs", { ref: "refs/heads/../../../../x", sha: nowhere }, 422, "not a valid ref name"],
    ["refs", { ref: "refs/heads/x", sha: nowhere }, 422, "Object does not exist"],
  ])("POST %s %j is refused", async (path, body, status, message) => {
    expect(await post(path, body)).toMatchObject({
      status,
      body: { message: expect.stringContaining(message) as unknown },
    });
  });

  test("a branch is made once, moves forward, and back by force only", async () => {
    const main = await head("main");
    const next = await commit(main, [file("n", "1")], "Next");
    const other = await commit(main, [file("o", "1")], "Other");
    const patch = (body: unknown) => github.call("PATCH", `${root}/git/refs/heads/feature/x`, { body });
    expect(await patch({ sha: next })).toMatchObject({
      status: 422,
      body: { message: "Reference does not exist" },
    });
    expect((await post("refs", { ref: "refs/heads/feature/x", sha: main })).status).toBe(201);
    expect(await post("refs", { ref: "refs/heads/feature/x", sha: next })).toMatchObject({
      status: 422,
      body: { message: "Reference already exists" },
    });
    expect(await patch({ sha: next })).toMatchObject({ status: 200, body: { object: { sha: next } } });
    expect(await patch({ sha: other })).toMatchObject({
      status: 422,
      body: { message: "Update is not a fast forward" },
    });
    expect(await head("feature/x")).toBe(next);
    expect((await patch({ sha: other, force: true })).status).toBe(200);
    expect(await head("feature%2Fx")).toBe(other);
    const matching = await github.call("GET", `${root}/git/matching-refs/heads/feature`);
    expect(matching.body).toMatchObject([
      { ref: "refs/heads/feature/x", object: { sha: other, type: "commit" } },
    ]);
    expect((await github.call("DELETE", `${root}/git/refs/heads/feature/x`)).status).toBe(204);
    expect((await github.call("GET", `${root}/git/ref/heads/feature/x`)).status).toBe(404);
  });

  test("two who make the same branch at once: one does, the other is told", async () => {
    const sha = await head("main");
    const answers = await Promise.all([1, 2, 3].map(() => post("refs", { ref: "refs/heads/race", sha })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422]);
  });

  test("a workflow needs `workflows`, in a tree and behind a ref", async () => {
    const main = await head("main");
    const workflow = [file(".github/workflows/ci.yml", "on: push\n")];
    const token = await github.token({ permissions: { contents: "write" } });
    expect((await post("trees", { tree: workflow }, token)).status).toBe(403);
    const made = await commit(main, workflow, "Workflow");
    expect((await post("refs", { ref: "refs/heads/flow", sha: made }, token)).status).toBe(403);
    expect((await post("refs", { ref: "refs/heads/flow", sha: made })).status).toBe(201);
    expect((await post("refs", { ref: "refs/heads/flow-2", sha: made }, token)).status).toBe(201);
  });

  test("branches are listed and shown, and a protected one does not move", async () => {
    const sha = await head("main");
    await post("refs", { ref: "refs/heads/kept/one", sha });
    github.emulator.site.protect(tally, "kept/one");
    const next = await commit(sha, [file("k", "1")], "Kept");
    expect(
      await github.call("PATCH", `${root}/git/refs/heads/kept/one`, { body: { sha: next } }),
    ).toMatchObject({
      status: 422,
      body: { message: "Changes must be made through a pull request." },
    });
    expect((await github.call("GET", `${root}/branches?protected=true`)).body).toMatchObject([
      { name: "kept/one", protected: true, commit: { sha } },
    ]);
    expect((await github.call("GET", `${root}/branches/kept%2Fone`)).body).toMatchObject({
      name: "kept/one",
      protected: true,
      commit: { sha, commit: { message: "Initial commit" } },
    });
    expect((await github.call("GET", `${root}/branches/none`)).body).toMatchObject({
      message: "Branch not found",
    });
  });

  test("a comparison tells commits and files, and shows the diff", async () => {
    await github.emulator.site.commit(
      tally,
      "compared",
      { "src/x.ts": "one\ntwo\n", "README.md": null },
      "X",
    );
    await github.emulator.site.commit(tally, "main", { "elsewhere.txt": "y" }, "Y");
    const { body } = await github.call("GET", `${root}/compare/main...compared`);
    expect(body).toMatchObject({
      status: "diverged",
      ahead_by: 1,
      behind_by: 1,
      total_commits: 1,
      commits: [{ commit: { message: "X" } }],
      files: [
        { filename: "README.md", status: "removed", additions: 0, deletions: 1 },
        { filename: "src/x.ts", status: "added", additions: 2, patch: "@@ -0,0 +1,2 @@\n+one\n+two" },
      ],
    });
    const diff = await github.call("GET", `${root}/compare/main...compared`, {
      headers: { accept: "application/vnd.github.diff" },
    });
    expect(diff.headers.get("content-type")).toContain("application/vnd.github.diff");
    expect(diff.body).toContain("+++ b/src/x.ts\n@@ -0,0 +1,2 @@\n+one\n+two\n");
    expect((await github.call("GET", `${root}/compare/main...main`)).body).toMatchObject({
      status: "identical",
    });
    expect((await github.call("GET", `${root}/compare/main...nowhere`)).status).toBe(404);
  });
});
