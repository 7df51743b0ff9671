import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { gitEnvironment } from "./git-plumbing.ts";
import { type OpenGithub, openGithub, type TokenNarrowing } from "./testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const run = promisify(execFile);
const tally = { owner: "acme", name: "tally" };

describe.skipIf(schemaFile === null)("git over HTTP", () => {
  let github: OpenGithub;
  let folder: string;
  beforeEach(async () => {
    github = await openGithub(schemaFile ?? "");
    folder = await mkdtemp(join(tmpdir(), "git-http-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await github.close();
  });

  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run("git", args, { cwd: folder, env: gitEnvironment });
    return stdout;
  };
  const remote = (token: string, name = "tally"): string =>
    `${github.emulator.url.replace("//", `//x-access-token:${token}@`)}/acme/${name}.git`;
  const clone = async (narrowing: TokenNarrowing = {}, name = "tally"): Promise<void> => {
    await git("clone", "--quiet", remote(await github.token(narrowing), name), ".");
  };
  const commitFile = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), content);
    await git("add", "--all");
    await git("commit", "--quiet", "--message", `Add ${path}`);
  };
  const push = (ref: string): Promise<string> => git("push", "--quiet", "origin", `HEAD:${ref}`);
  /** What git says when it fails. */
  const failureOf = async (work: Promise<unknown>): Promise<string> => {
    const outcome = await work.then(
      () => "it did not fail",
      (error: unknown) => (error as { stderr: string }).stderr,
    );
    return outcome;
  };

  test("what a token covers is cloned, changed and pushed, bytes as they are", async () => {
    await clone({ repositories: ["tally"], permissions: { contents: "write" } });
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe("# tally\n");
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) % 256));
    await commitFile("data.bin", bytes);
    await push("ai-implement/acme-1");
    expect(await github.emulator.site.branches(tally)).toEqual(["ai-implement/acme-1", "main"]);
    expect(await github.emulator.site.commits(tally, "ai-implement/acme-1")).toEqual([
      "Add data.bin",
      "Initial commit",
    ]);
    const raw = await fetch(
      `${github.emulator.apiUrl}/repos/acme/tally/contents/data.bin?ref=ai-implement/acme-1`,
      {
        headers: {
          authorization: `Bearer ${await github.token()}`,
          accept: "application/vnd.github.raw+json",
        },
      },
    );
    expect(Buffer.from(await raw.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test("what git compresses on its way is understood", async () => {
    await clone();
    // Newer than what the server has: git then offers all of these before the first commit that both have,
    // which takes a request long enough to be compressed.
    const later = { ...gitEnvironment, GIT_COMMITTER_DATE: "2090-01-01T00:00:00Z" };
    for (let index = 0; index < 60; index += 1)
      await run("git", ["commit", "--quiet", "--allow-empty", "--message", `Local ${index}`], {
        cwd: folder,
        env: later,
      });
    await github.emulator.site.commit(tally, "main", { "b.txt": "b" }, "Theirs");
    const environment = { ...gitEnvironment, GIT_TRACE_CURL: "1" };
    const { stderr } = await run("git", ["fetch", "origin"], { cwd: folder, env: environment });
    expect(stderr).toContain("Content-Encoding: gzip");
    expect(await git("log", "-1", "--format=%s", "origin/main")).toBe("Theirs\n");
  });

  test("a push is recorded with its token, under /git", async () => {
    await clone({ permissions: { contents: "write" } });
    await commitFile("a.txt", "a");
    await push("topic");
    expect(github.emulator.requests().at(-1)).toMatchObject({
      method: "POST",
      path: "/git/acme/tally.git/git-receive-pack",
      by: { kind: "installation", account: "acme", permissions: { contents: "write" } },
    });
  });

  test.each([
    ["of another repository", { repositories: ["other"] }, "not found"],
    ["without contents", { permissions: { issues: "read" } }, "403"],
  ] as const)("a token %s clones nothing", async (_, narrowing, why) => {
    expect(await failureOf(clone(narrowing))).toContain(why);
  });

  test("a token that may only read pushes nothing", async () => {
    await clone({ permissions: { contents: "read" } });
    await commitFile("a.txt", "a");
    expect(await failureOf(push("topic"))).toContain(
      "Permission to acme/tally.git denied to ai-implement[bot]",
    );
    expect(await github.emulator.site.branches(tally)).toEqual(["main"]);
  });

  test("without a token, or with a bad one, git is asked for a password", async () => {
    expect(await failureOf(git("clone", `${github.emulator.url}/acme/tally.git`, "."))).toContain(
      "could not read Username",
    );
    expect(await failureOf(git("clone", remote("ghs_bad"), "."))).toContain("Authentication failed");
  });

  test("a workflow is pushed by a token with `workflows` only", async () => {
    await clone({ permissions: { contents: "write" } });
    await commitFile(".github/workflows/ci.yml", "on: push\n");
    expect(await failureOf(push("topic"))).toContain(
      "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission",
    );
    expect(await github.emulator.site.branches(tally)).toEqual(["main"]);
    const token = await github.token({ permissions: { contents: "write", workflows: "write" } });
    await git("push", "--quiet", remote(token), "HEAD:topic");
    expect(await github.emulator.site.branches(tally)).toEqual(["main", "topic"]);
  });

  test("a workflow that a branch has already does not hinder a push", async () => {
    await github.emulator.site.commit(tally, "main", { ".github/workflows/ci.yml": "on: push\n" });
    await clone({ permissions: { contents: "write" } });
    await commitFile("a.txt", "a");
    await push("topic");
    expect(await github.emulator.site.file(tally, "topic", "a.txt")).toBe("a");
  });

  test("a protected branch takes no push; the others of its repository do", async () => {
    github.emulator.site.protect(tally, "main");
    await clone();
    await commitFile("a.txt", "a");
    const said = await failureOf(push("main"));
    expect(said).toContain("GH006: Protected branch update failed for refs/heads/main.");
    await push("topic");
    expect(await github.emulator.site.commits(tally, "main")).toEqual(["Initial commit"]);
    expect(await github.emulator.site.file(tally, "topic", "a.txt")).toBe("a");
  });

  test("an archived repository is cloned and not pushed to; a suspended installation does neither", async () => {
    await clone();
    await commitFile("a.txt", "a");
    github.emulator.site.archive(tally);
    expect(await failureOf(push("topic"))).toContain("This repository was archived so it is read-only.");
    await git("fetch", "--quiet", "origin");
    github.emulator.site.suspend("acme");
    expect(await failureOf(git("fetch", "origin"))).toContain("403");
  });

  test("a push that is no fast forward is refused by git itself", async () => {
    await clone();
    await github.emulator.site.commit(tally, "main", { "b.txt": "b" });
    await commitFile("a.txt", "a");
    expect(await failureOf(push("main"))).toContain("rejected");
    expect(await github.emulator.site.file(tally, "main", "a.txt")).toBeNull();
  });
});
