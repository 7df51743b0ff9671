import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PullRequest } from "../../../ports/forge.ts";
import type { SetupFinding } from "../../../ports/setup-finding.ts";
import { createMemoryLocalPullRequests } from "../testing/memory-local-pull-requests.ts";
import { maxDiffLength } from "./diff.ts";
import { createLocalForge } from "./local-forge.ts";
import { type BareRepositoryScene, openBareRepository } from "./testing/bare-repository-scene.ts";

let scene: BareRepositoryScene;
beforeEach(async () => {
  scene = await openBareRepository(createMemoryLocalPullRequests());
});
afterEach(async () => {
  await scene.close();
});

const publish = (head: string): Promise<PullRequest> =>
  scene.forge.publish({
    repository: scene.repository,
    head,
    base: "main",
    title: `Title of ${head}`,
    body: "",
    draft: false,
  });
const merge = (number: number, forge = scene.forge) => {
  if (forge.merge === undefined) throw new Error("the local forge merges");
  return forge.merge(scene.repository, number);
};
const filesOnMain = async (): Promise<readonly string[]> => {
  await scene.git("fetch", "--quiet", "origin");
  return (await scene.git("-c", "core.quotePath=false", "ls-tree", "-r", "-z", "--name-only", "origin/main"))
    .split("\0")
    .filter(Boolean);
};

/** In one line each, as people read them. */
const wrongIn = async (checking: Promise<readonly SetupFinding[]>): Promise<readonly string[]> =>
  (await checking).flatMap(({ subject, problem }) =>
    problem === null ? [] : [`${subject}: ${problem.what} ${problem.fix}`],
  );

test("§4.1 LOCAL_FORGE_DIR may be relative to the folder that the service was started in", async () => {
  const root = relative(process.cwd(), join(scene.root, "forge"));
  const forge = createLocalForge({ root, pullRequests: scene.pullRequests, clock: { now: () => 0 } });
  expect(await wrongIn(forge.check(scene.repository))).toEqual([]);
  expect(await forge.cloneAccess(scene.repository)).toEqual(await scene.forge.cloneAccess(scene.repository));
});

test("§11 a symbolic link of the repository is no file, wherever it leads", async () => {
  await scene.git("fetch", "--quiet", "origin");
  await scene.git("checkout", "--quiet", "-B", "main", "origin/main");
  await mkdir(join(scene.root, "clone", "docs"));
  await symlink("/etc/hostname", join(scene.root, "clone", "docs", "link.md"));
  await writeFile(join(scene.root, "clone", "docs", "plain.md"), "1");
  await scene.git("add", "--all");
  await scene.git("commit", "--quiet", "--message", "Link");
  await scene.git("push", "--quiet", "origin", "main");
  expect(await scene.forge.readFile(scene.repository, "docs/link.md")).toBeNull();
  expect(await scene.forge.listFiles(scene.repository, "docs")).toEqual(["plain.md"]);
});

describe("merging", () => {
  test("§2 a merge brings the change to the base, once, however often it is asked for", async () => {
    await scene.push("topic", { "new file.txt": "1\n" });
    const { number } = await publish("topic");
    const first = await merge(number);
    expect(first).toEqual({ kind: "merged", commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string });
    expect(await merge(number)).toEqual(first);
    expect(await filesOnMain()).toEqual(["README.md", "new file.txt"]);
    expect(await scene.git("log", "-1", "--format=%H %an%n%B", "origin/main")).toBe(
      `${first.kind === "merged" ? first.commit : ""} AI-Implement\nMerge pull request #1 from topic\n\nTitle of topic\n`,
    );
    expect(await scene.forge.find(scene.repository, number)).toMatchObject({ state: "merged" });
    expect(await scene.forge.diff(scene.repository, number)).toContain("new file.txt");
  });

  test("§2 what was merged stays merged when its branch goes on", async () => {
    await scene.push("topic", { "one.txt": "1\n" });
    const { number } = await publish("topic");
    const first = await merge(number);
    await scene.push("topic", { "two.txt": "2\n" });
    expect(await merge(number)).toEqual(first);
    expect(await filesOnMain()).not.toContain("two.txt");
    expect((await publish("topic")).number).not.toBe(number);
  });

  test("§1 a conflict names its files, whatever they are called, and changes nothing", async () => {
    const names = ['quo"te.txt', "ü b\tc\n.txt", "-dash.txt"];
    const all = (content: string) => Object.fromEntries(names.map((name) => [name, content]));
    await scene.push("main", all("base\n"));
    await scene.push("topic", all("theirs\n"));
    await scene.push("main", all("ours\n"));
    const { number } = await publish("topic");
    const result = await merge(number);
    expect(result.kind === "conflict" && [...result.files].sort()).toEqual([...names].sort());
    expect(await scene.forge.find(scene.repository, number)).toMatchObject({ state: "open" });
    await scene.git("fetch", "--quiet", "origin");
    expect(await scene.git("show", "origin/main:-dash.txt")).toBe("ours");
  });

  test("§1 merges into one base at once, from several processes, all land", async () => {
    const topics = ["a", "b", "c", "d", "e", "f"];
    for (const topic of topics) await scene.push(`topic-${topic}`, { [`${topic}.txt`]: "x\n" });
    const numbers: number[] = [];
    for (const topic of topics) numbers.push((await publish(`topic-${topic}`)).number);
    const forges = [scene.forge, scene.another(), scene.another()];
    const merges = numbers.map((number, index) => merge(number, forges[index % forges.length]));
    expect((await Promise.all(merges)).map(({ kind }) => kind)).toEqual(topics.map(() => "merged"));
    expect(await filesOnMain()).toEqual(["README.md", ...topics.map((topic) => `${topic}.txt`)]);
  });

  test("§1 of two changes of one line, one lands and the other is a conflict", async () => {
    await scene.push("one", { "README.md": "one\n" });
    await scene.push("two", { "README.md": "two\n" });
    const first = await publish("one");
    const second = await publish("two");
    const results = await Promise.all([merge(first.number), merge(second.number, scene.another())]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(["conflict", "merged"]);
  });

  test("a branch that is gone, or has nothing in common with its base, cannot be merged: it is said", async () => {
    await scene.push("topic", { "one.txt": "1\n" });
    const { number } = await publish("topic");
    await scene.git("push", "--quiet", "origin", "--delete", "topic");
    await expect(merge(number)).rejects.toMatchObject({ retryable: false, message: /"topic".*gone/ });
    await scene.git("checkout", "--quiet", "--orphan", "orphan");
    await scene.git("commit", "--quiet", "--message", "Another beginning");
    await scene.git("push", "--quiet", "origin", "orphan");
    const orphan = await publish("orphan");
    await expect(merge(orphan.number)).rejects.toMatchObject({ retryable: false, message: /in common/ });
    await expect(merge(99)).rejects.toMatchObject({ retryable: false, message: /no pull request #99/ });
  });
});

describe("the repository's own word", () => {
  test("§12 a head that was put back to its base was not merged", async () => {
    await scene.push("topic", { "one.txt": "1\n" });
    const { number } = await publish("topic");
    await scene.git("push", "--quiet", "--force", "origin", "origin/main:topic");
    expect(await scene.forge.find(scene.repository, number)).toMatchObject({ state: "closed" });
  });

  test("§9 a crash between storing and remembering is made good at the next look", async () => {
    await scene.push("topic", { "one.txt": "1\n" });
    const content = {
      repository: "acme/shop",
      title: "t",
      body: "",
      head: "topic",
      base: "main",
      draft: false,
    };
    await scene.pullRequests.open({ ...content, updatedAt: 0 });
    expect(await scene.forge.find(scene.repository, 1)).toMatchObject({ state: "open" });
    expect(await scene.git("ls-remote", "origin", "refs/pull/1/*")).toContain("refs/pull/1/head");
  });

  test("a diff that is too long is cut, and says so", async () => {
    await scene.push("topic", { "long.txt": `${"line\n".repeat(maxDiffLength / 4)}` });
    const { number } = await publish("topic");
    const diff = await scene.forge.diff(scene.repository, number);
    expect(diff.length).toBeLessThan(maxDiffLength + 200);
    expect(diff).toMatch(/was cut here\.\]\n$/);
  });

  test("§10.1 a clone of the given URL may be shallow", async () => {
    await scene.push("main", { "second.txt": "2\n" });
    const { url } = await scene.forge.cloneAccess(scene.repository);
    const target = join(scene.root, "shallow");
    await execa("git", ["clone", "--quiet", "--depth", "1", url, target]);
    const { stdout } = await execa("git", ["rev-list", "--count", "HEAD"], { cwd: target });
    expect(stdout).toBe("1");
  });

  test("a pull request's URL leads to its repository and names its number", async () => {
    await scene.push("topic", { "one.txt": "1\n" });
    expect((await publish("topic")).url).toBe(`file://${scene.bare.replaceAll(" ", "%20")}#pull-1`);
  });
});

describe("§11 hostile names and settings", () => {
  test.each([
    "with space",
    "-rf",
    "--upload-pack=x",
    "a..b",
    "a~1",
    "a^{tree}",
    "a\0b",
    "a\nb",
    "",
    "x.lock",
    "@{-1}",
  ])("the branch %j is refused by name", async (head) => {
    await expect(publish(head)).rejects.toMatchObject({
      name: "DeliveryError",
      retryable: false,
      message: expect.stringContaining("not a valid name of a branch") as string,
    });
  });

  test.each([
    ["..", "shop"],
    ["acme", ".."],
    ["acme/../..", "etc"],
    ["acme", "-x"],
    ["", "shop"],
    ["acme", "a\0b"],
  ])("the repository %j/%j is refused", async (owner, name) => {
    const repository = { ...scene.repository, owner, name };
    expect(await wrongIn(scene.forge.check(repository))).toEqual([
      expect.stringContaining("cannot be a local repository"),
    ]);
    await expect(scene.forge.find(repository, 1)).rejects.toMatchObject({ retryable: false });
    await expect(scene.forge.cloneAccess(repository)).rejects.toMatchObject({ retryable: false });
  });

  test("hooks of the repository are not run", async () => {
    const proof = join(scene.root, "proof");
    await mkdir(join(scene.bare, "hooks"), { recursive: true });
    const script = `#!/bin/sh\ntouch '${proof}'\n`;
    await scene.push("topic", { "one.txt": "1\n" });
    const { number } = await publish("topic");
    await writeFile(join(scene.bare, "hooks", "reference-transaction"), script, { mode: 0o755 });
    await merge(number);
    await expect(rm(proof)).rejects.toThrow("ENOENT");
  });
});

describe("§5.1 what stands in the way of a repository is said with its fix", () => {
  const check = (change: object = {}, path?: string) => {
    const options = {
      root: join(scene.root, "forge"),
      pullRequests: scene.pullRequests,
      clock: { now: () => 0 },
    };
    const forge = createLocalForge({ ...options, ...(path === undefined ? {} : { path }) });
    return wrongIn(forge.check({ ...scene.repository, ...change }));
  };

  test("no LOCAL_FORGE_DIR, no such repository, no git", async () => {
    expect(await check({ name: "missing" })).toEqual([
      expect.stringMatching(/acme\/missing.*git init --bare/),
    ]);
    expect(await check({}, scene.root)).toEqual([expect.stringContaining("git is not on PATH")]);
    const forge = createLocalForge({
      root: join(scene.root, "nowhere"),
      pullRequests: createMemoryLocalPullRequests(),
      clock: { now: () => 0 },
    });
    expect(await wrongIn(forge.check(scene.repository))).toEqual([
      expect.stringContaining("LOCAL_FORGE_DIR"),
    ]);
  });

  test("a folder that is no repository, or one with a working tree", async () => {
    const folder = join(scene.root, "forge", "acme");
    await mkdir(join(folder, "empty.git"));
    await scene.git("init", "--quiet", join(folder, "worktree.git"));
    for (const name of ["empty", "worktree"])
      expect(await check({ name })).toEqual([expect.stringContaining("is not a bare git repository")]);
  });

  test("a repository without commits, and a default branch that is not there", async () => {
    const bare = join(scene.root, "forge", "acme", "fresh.git");
    await scene.git("init", "--quiet", "--bare", bare);
    expect(await check({ name: "fresh" })).toEqual([
      "repo: The repository acme/fresh has no commits. Push a first commit to main.",
    ]);
    expect(await check({ defaultBranch: "trunk" })).toEqual([expect.stringContaining("but has main")]);
  });
});
