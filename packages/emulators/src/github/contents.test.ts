import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { type OpenGithub, openGithub } from "./testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };

describe.skipIf(schemaFile === null)("contents", () => {
  let github: OpenGithub;
  beforeAll(async () => {
    github = await openGithub(schemaFile ?? "");
    const files = { "docs/guide.md": "# Guide\n", "docs/deep/more.md": "more\n", "a b/\u00fc.txt": "\u00fc" };
    await github.emulator.site.commit(tally, "main", files, "Docs");
  });
  afterAll(() => github.close());

  const get = (path: string, token?: string) =>
    github.call("GET", `/repos/acme/tally/contents/${path}`, token === undefined ? {} : { token });
  const put = (path: string, body: object, token?: string) =>
    github.call("PUT", `/repos/acme/tally/contents/${path}`, {
      body: { message: "By hand", ...body },
      ...(token === undefined ? {} : { token }),
    });
  /** As git names what is in a file: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
  const blobSha = (text: string): string =>
    createHash("sha1")
      .update(`blob ${Buffer.byteLength(text)}\0${text}`)
      .digest("hex");
  const base64 = (text: string): string => Buffer.from(text).toString("base64");

  test("a file comes in base64 with git's own SHA, by its path with or without escapes", async () => {
    const { body } = await get("docs/guide.md");
    expect(body).toMatchObject({
      type: "file",
      path: "docs/guide.md",
      name: "guide.md",
      size: 8,
      encoding: "base64",
      content: "IyBHdWlkZQo=\n",
      sha: blobSha("# Guide\n"),
    });
    expect((await get("docs%2Fguide.md")).body).toEqual(body);
    expect((await get("a%20b/%C3%BC.txt")).body).toMatchObject({ path: "a b/\u00fc.txt", content: "w7w=\n" });
  });

  test("a folder comes as a list", async () => {
    expect((await get("docs")).body).toMatchObject([
      { type: "dir", path: "docs/deep" },
      { type: "file", path: "docs/guide.md", size: 8 },
    ]);
  });

  test("what is not there is 404, at a ref too", async () => {
    expect(await get("none.md")).toMatchObject({ status: 404, body: { message: "Not Found" } });
    expect(await get("docs/guide.md?ref=nowhere")).toMatchObject({
      status: 404,
      body: { message: "No commit found for the ref nowhere" },
    });
  });

  test("a ref is a branch or a commit", async () => {
    const sha = await github.emulator.site.commit(tally, "topic", { "docs/guide.md": "# New\n" });
    await github.emulator.site.commit(tally, "topic", { "docs/guide.md": "# Newer\n" });
    const content = async (ref: string) =>
      ((await get(`docs/guide.md?ref=${ref}`)).body as { content: string }).content;
    expect(await content("topic")).toBe(`${base64("# Newer\n")}\n`);
    expect(await content(sha)).toBe(`${base64("# New\n")}\n`);
    expect(await content("main")).toBe(`${base64("# Guide\n")}\n`);
  });

  test("a file is made, and changed by who knows what it was", async () => {
    const made = await put("new/file.txt", { content: base64("one") });
    expect(made).toMatchObject({ status: 201, body: { content: { path: "new/file.txt" } } });
    expect(await put("new/file.txt", { content: base64("two") })).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining(`"sha" wasn't supplied`) as unknown },
    });
    const { sha } = (made.body as { content: { sha: string } }).content;
    const changed = await put("new/file.txt", { content: base64("two"), sha });
    expect(changed).toMatchObject({ status: 200, body: { commit: { message: "By hand" } } });
    expect((await put("new/file.txt", { content: base64("three"), sha })).status).toBe(409);
    expect(await github.emulator.site.file(tally, "main", "new/file.txt")).toBe("two");
    expect((await put("x.txt", { content: base64("x"), branch: "nowhere" })).status).toBe(404);
    expect((await put("x.txt", { content: "no base64!" })).status).toBe(422);
    expect((await put("a/.git/config", { content: base64("x") })).status).toBe(422);
  });

  test("a workflow needs `workflows`, a protected branch a pull request", async () => {
    const token = await github.token({ permissions: { contents: "write" } });
    const content = base64("on: push\n");
    expect((await put(".github/workflows/ci.yml", { content }, token)).status).toBe(403);
    expect((await put(".github/workflows/ci.yml", { content })).status).toBe(201);
    await github.emulator.site.commit(tally, "kept", { "k.txt": "k" });
    github.emulator.site.protect(tally, "kept");
    expect(await put("y.txt", { content, branch: "kept" })).toMatchObject({
      status: 409,
      body: { message: "Could not create file: Changes must be made through a pull request." },
    });
  });
});
