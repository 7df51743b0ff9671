import { access, chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { containing, matching } from "../testing/matchers.ts";
import { runSample } from "../testing/run-sample.ts";
import { sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, path, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({ "a.txt": "a\n" });
});
afterEach(() => remote.remove());

const runWith = async (files: Readonly<Record<string, string>>, searchPath: string = path) => {
  await remote.commit("main", files);
  return runSample(remote, sampleJob(remote.url), createFakeAgent({}), { path: searchPath });
};

const stepOf = ({ steps }: Awaited<ReturnType<typeof runWith>>, name: string) =>
  steps.find((step) => step.name === name);

describe("setup and teardown scripts of WORKFLOW.md (§10.1)", () => {
  it("ends the run with the script's output when setup fails, and tears down", async () => {
    const run = await runWith({
      "WORKFLOW.md":
        "---\nsetup: |\n  echo preparing\n  false\n  echo not reached\nteardown: echo cleaned\n---\n",
    });
    expect(run.report).toMatchObject({
      outcome: "failed",
      reason: "setup-failed",
      message: matching(/exit code 1 [\s\S]*preparing/),
    });
    expect(JSON.stringify(run.report)).not.toContain("not reached\\n");
    expect(stepOf(run, "teardown")).toMatchObject({
      status: "succeeded",
      detail: containing("cleaned"),
    });
  });

  it("writes down what was run, with its exit code, for the receipt", async () => {
    const run = await runWith({ "WORKFLOW.md": "---\nsetup: echo a\nverify: exit 3\n---\n" });
    expect(stepOf(run, "setup")).toMatchObject({ input: "echo a" });
    expect(run.report.receipt?.commands).toMatchObject([{ step: "setup", command: "echo a", exitCode: 0 }]);
  });

  it("treats an unset variable as a failure, as bash -u does", async () => {
    const { report } = await runWith({ "WORKFLOW.md": '---\nsetup: echo "$ABSENT"\n---\n' });
    expect(report).toMatchObject({ reason: "setup-failed", message: containing("ABSENT") });
  });

  it("runs a file of the repository, also one that is not executable", async () => {
    const run = await runWith({
      "WORKFLOW.md": "---\nsetup: tools/prepare.sh\n---\n",
      "tools/prepare.sh": "echo from the file; pwd\n",
    });
    expect(stepOf(run, "setup")).toMatchObject({
      status: "succeeded",
      detail: matching(/from the file\n.*workspace/),
    });
  });

  it("does not run a file that a symlink fetches from outside of the repository", async () => {
    await symlink("/bin/ls", join(remote.clone, "prepare"));
    const { report } = await runWith({ "WORKFLOW.md": "---\nsetup: prepare\n---\n" });
    expect(report).toMatchObject({
      reason: "setup-failed",
      message: containing("it leads out of the repository"),
    });
  });
});

describe("install (§10.1)", () => {
  /** Package managers that say how they were called and what they see, found before the real ones. */
  const installStep = async (files: Readonly<Record<string, string>>) => {
    const bin = join(remote.root, "bin");
    for (const manager of ["npm", "pnpm", "yarn"]) {
      await writeFiles(bin, {
        [manager]: '#!/bin/sh\necho "sees $(env | cut -d= -f1 | sort | tr "\\n" " ")"\n',
      });
      await chmod(join(bin, manager), 0o755);
    }
    const run = await runWith({ ...files, "always.txt": "always\n" }, `${bin}:${path}`);
    return stepOf(run, "install");
  };

  it("has nothing to do without a package.json", async () => {
    expect(await installStep({})).toMatchObject({ status: "skipped", detail: "no package.json" });
  });

  it("has nothing to do when neither a lockfile nor a dependency is there", async () => {
    expect(await installStep({ "package.json": '{"name":"x"}' })).toMatchObject({ status: "skipped" });
  });

  const dependent = { "package.json": '{"dependencies":{"left":"1"}}' };
  it.each([
    ["npm ci --no-audit --no-fund", { "package-lock.json": "{}" }],
    ["npm install --no-package-lock --no-audit --no-fund", {}],
    ["pnpm install --frozen-lockfile", { "pnpm-lock.yaml": "", "package-lock.json": "{}" }],
    ["yarn install --immutable", { "yarn.lock": "__metadata:\n  version: 8\n" }],
    ["yarn install --frozen-lockfile", { "yarn.lock": "# yarn lockfile v1\n" }],
    [
      "npm ci --no-audit --no-fund",
      {
        "pnpm-lock.yaml": "",
        "package-lock.json": "{}",
        ".ai-implement/config.yml": "packageManager: npm\n",
      },
    ],
  ])("calls `%s`", async (command, files) => {
    expect(await installStep({ ...dependent, ...files })).toMatchObject({
      status: "succeeded",
      detail: containing(`\`${command}\` ended with exit code 0`),
    });
  });

  it("shows the package manager the allow-list and nothing else (§11.3)", async () => {
    process.env["PLANTED_FOR_THE_TEST"] = "a secret of the machine";
    const step = await installStep(dependent);
    delete process.env["PLANTED_FOR_THE_TEST"];
    expect(step?.detail).toMatch(
      /sees (?:_ )?CI HOME LANG PATH PWD RELEASE_SERVICE_TOKEN (?:SHLVL )?TERM TMPDIR\b/,
    );
  });

  it("fails with the package manager's own words", async () => {
    const run = await runWith({ ...dependent, "package-lock.json": "{}" });
    expect(run.report).toMatchObject({
      outcome: "failed",
      reason: "install-failed",
      message: matching(/`npm ci .*npm (?:ERR|error)/is),
    });
  });

  it("says that a package manager is not installed, and how to choose another", async () => {
    const bin = join(remote.root, "only-git");
    await mkdir(bin);
    await symlink(await programOf("git"), join(bin, "git"));
    const run = await runWith({ ...dependent, ".ai-implement/config.yml": "packageManager: pnpm\n" }, bin);
    expect(run.report).toMatchObject({
      reason: "install-failed",
      message: matching(/^pnpm is not installed .*packageManager/),
    });
  });

  it("names a package.json that is not JSON", async () => {
    const run = await runWith({ "package.json": "{" });
    expect(run.report).toMatchObject({
      reason: "install-failed",
      message: containing("package.json is not JSON"),
    });
  });
});

const programOf = async (name: string): Promise<string> => {
  for (const folder of path.split(":")) {
    const file = join(folder, name);
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  throw new Error(`${name} is not on ${path}`);
};
