import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { containing } from "../testing/matchers.ts";
import { runSample } from "../testing/run-sample.ts";
import { branch, sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, git, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";

let remote: SampleRemote;
let evidence: string;
beforeEach(async () => {
  remote = await createSampleRemote({
    "WORKFLOW.md": '---\nsetup: env > "$HOME/setup-environment"\n---\n',
  });
  evidence = join(remote.root, "evidence");
  await mkdir(evidence);
});
afterEach(() => remote.remove());

const program = async (name: string): Promise<string> => {
  const file = join(remote.root, name);
  await writeFile(file, `#!/bin/sh\ntouch '${join(evidence, name)}'\n`);
  await chmod(file, 0o755);
  return file;
};

/** Everything that git would run out of a repository's own configuration. */
const plantIn = async (gitDirectory: string): Promise<void> => {
  const settings = {
    "core.fsmonitor": await program("fsmonitor"),
    "core.pager": await program("pager"),
    "core.sshCommand": await program("ssh"),
    "core.editor": await program("editor"),
    "diff.external": await program("diff-external"),
    "filter.evil.clean": await program("filter-clean"),
    "filter.evil.process": await program("filter-process"),
    "diff.evil.textconv": await program("textconv"),
    "credential.helper": await program("credential"),
    "gpg.program": await program("gpg"),
    "commit.gpgSign": "true",
    "remote.origin.url": "ext::sh -c touch% evidence",
    "remote.origin.receivepack": await program("receive-pack"),
    "url.file:///nowhere/.insteadOf": "file:///",
  };
  for (const [key, value] of Object.entries(settings)) await git(gitDirectory, "config", key, value);
  await mkdir(join(gitDirectory, "hooks"), { recursive: true });
  await mkdir(join(gitDirectory, "info"), { recursive: true });
  await writeFile(join(gitDirectory, "info", "attributes"), "* filter=evil diff=evil\n");
  for (const hook of [
    "pre-commit",
    "commit-msg",
    "post-commit",
    "pre-push",
    "post-index-change",
    "post-checkout",
  ]) {
    const planted = await program(hook);
    await symlink(planted, join(gitDirectory, "hooks", hook));
  }
};

describe("a repository's git hooks and git config are not honoured (§11.5)", () => {
  it("runs nothing that the agent planted in .git, at commit, push or any other git command of ours", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, {
          "greeting.txt": "hello\n",
          ".gitattributes": "* filter=evil diff=evil\n",
        });
        await plantIn(join(directory, ".git"));
        return {};
      },
    });
    const job = sampleJob(remote.url, { guard: { protectedPaths: [], approvedPaths: [".gitattributes"] } });
    const { report, folder } = await runSample(remote, job, agent);
    expect(report).toMatchObject({ outcome: "implemented", headCommit: await remote.head(branch) });
    expect(await readdir(evidence)).toEqual([]);
    // The traps are real: a git that opens the agent's .git springs them.
    await git(join(folder, "workspace"), "status").catch(() => undefined);
    expect(await readdir(evidence)).toContain("fsmonitor");
    expect(await git(remote.url, "show", `${branch}:greeting.txt`)).toBe("hello");
  });

  it("is not led elsewhere by a .git that points to another repository", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        const other = join(remote.root, "other");
        await git(remote.root, "init", "--quiet", other);
        await plantIn(join(other, ".git"));
        await rm(join(directory, ".git"), { recursive: true });
        await writeFiles(directory, {
          ".git": `gitdir: ${join(other, ".git")}\n`,
          "greeting.txt": "hello\n",
        });
        return {};
      },
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({ outcome: "implemented", filesChanged: 1 });
    expect(await readdir(evidence)).toEqual([]);
  });

  it("is not led elsewhere by a .git that is a link, nor by a work tree that it names", async () => {
    const other = join(remote.root, "other");
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await git(remote.root, "init", "--quiet", other);
        await plantIn(join(other, ".git"));
        await git(other, "config", "core.worktree", remote.root);
        await rm(join(directory, ".git"), { recursive: true });
        await symlink(join(other, ".git"), join(directory, ".git"));
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return {};
      },
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({ outcome: "implemented", filesChanged: 1 });
    expect(await readdir(evidence)).toEqual([]);
  });

  it.each([
    ["a pipe in the place of .gitignore", "mkfifo deep/.gitignore", '"deep/.gitignore"'],
    ["a pipe in the place of .gitattributes", "mkfifo .gitattributes", '".gitattributes"'],
    ["rules of gigabytes", "truncate -s 5G .gitignore", '".gitignore"'],
    ["a file of 5 GB", "truncate -s 5G deep/large", '"deep/large" has more than 100 MB'],
    [
      "a repository whose HEAD is a pipe",
      "git init -q deep/in; rm deep/in/.git/HEAD; mkfifo deep/in/.git/HEAD",
      '"deep/in"',
    ],
    [
      "a repository whose branch never ends",
      `git init -q in; ln -s /dev/zero "in/.git/$(sed 's/ref: //' in/.git/HEAD)"`,
      '"in"',
    ],
    [
      "a file that names such a repository",
      "git init -q ../x; mkdir in; echo 'gitdir: ../../x/.git' > in/.git",
      '"in"',
    ],
    [
      "more of all that than there is room to name",
      "printf '/ignored/\\n' > .gitignore; name=ignored/$(printf '%0200d' 0); mkdir ignored; truncate -s 101M $(seq -f \"$name-%g\" 6000); mkfifo deep/.gitignore",
      "more large files",
    ],
  ])("does not hang on %s, and says so", async (_name, command, message) => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "deep/greeting.txt": "hello\n" });
        await promisify(execFile)("sh", ["-c", command], { cwd: directory });
        return {};
      },
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({ outcome: "failed", reason: "guard", message: containing(message) });
  });

  it("does not mind what .gitignore names, nor pipes that git does not read", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "greeting.txt": "hello\n", ".gitignore": "large\nin/\n" });
        const command = "truncate -s 5G large; mkfifo pipe; git init -q in/deep; mkdir -p empty/.git";
        await promisify(execFile)("sh", ["-c", command], { cwd: directory });
        return {};
      },
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({ outcome: "implemented", filesChanged: 2 });
  });

  it("refuses a name that is git's own folder on another system, which git itself does not take (§11.4)", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await writeFiles(directory, { "git~1/config": "[core]\n" });
        return {};
      },
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({ outcome: "failed", reason: "guard", message: containing("unusual-name") });
    expect(await remote.head(branch)).toBeNull();
  });

  it("refuses a repository that the agent made inside of the checkout, without asking it for its state", async () => {
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        const inner = join(directory, "inner");
        await writeFiles(directory, { "inner/a.txt": "a\n" });
        await git(inner, "init", "--quiet");
        await git(inner, "add", "--all");
        await git(inner, "commit", "--quiet", "--message", "inner");
        await plantIn(join(inner, ".git"));
        return {};
      },
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "guard",
      message: containing('"inner"'),
    });
    expect(await readdir(evidence)).toEqual([]);
    expect(await remote.head(branch)).toBeNull();
  });

  it("refuses a repository in the place of a submodule, without asking it for its state", async () => {
    await git(remote.clone, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
    await git(remote.clone, "commit", "--quiet", "--message", "a submodule");
    await git(remote.clone, "push", "--quiet", "origin", "main");
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        await git(directory, "init", "--quiet", "module");
        await plantIn(join(directory, "module", ".git"));
        return {};
      },
    });
    const { report } = await runSample(remote, sampleJob(remote.url), agent);
    expect(report).toMatchObject({
      outcome: "failed",
      reason: "guard",
      message: containing('"module"'),
    });
    expect(await readdir(evidence)).toEqual([]);
  });
});

describe("the environment is built from an allow-list (§11.3)", () => {
  it("shows the agent and the repository's scripts nothing else", async () => {
    process.env["PLANTED_FOR_THE_TEST"] = "a secret of the machine";
    const agent = createFakeAgent({});
    const { folder } = await runSample(remote, sampleJob(remote.url), agent);
    delete process.env["PLANTED_FOR_THE_TEST"];
    // The token is the canary: worth nothing, and planted to be seen again should it leave.
    const allowed = ["CI", "HOME", "LANG", "PATH", "RELEASE_SERVICE_TOKEN", "TERM", "TMPDIR"];
    expect(Object.keys(agent.requests[0]?.environment ?? {}).sort()).toEqual(allowed);
    expect(agent.requests[0]?.environment["HOME"]).toBe(join(folder, "home"));
    const seen = (
      await git(join(folder, "home"), "grep", "--no-index", "-h", "-o", "^[A-Za-z_]*=", "setup-environment")
    )
      .split("\n")
      .map((name) => name.slice(0, -1));
    // The last three are bash's own.
    expect(seen.filter((name) => !["PWD", "SHLVL", "_"].includes(name)).sort()).toEqual(allowed);
  });
});
