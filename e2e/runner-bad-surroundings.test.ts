import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { git } from "@ai-implement/runner/testing/sample-remote.ts";
import { describe, expect, it } from "vitest";
import { each, expectFailure } from "./support/runner-bad-input/cases.ts";
import { runOnce, type StageOptions, setStage } from "./support/runner-bad-input/stage.ts";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

/** Nothing that git could make smaller. */
const randomText = (length: number): string => randomBytes(length / 2).toString("hex");

const branch = "ai-implement/eng-1-greet";
const withHook =
  (script: string): NonNullable<StageOptions["arrange"]> =>
  async ({ url }) => {
    const hook = join(url, "hooks", "pre-receive");
    await mkdir(join(url, "hooks"), { recursive: true });
    await writeFile(hook, `#!/bin/sh\n${script}\n`);
    await chmod(hook, 0o755);
  };

describe("the repository's remote (§10.1)", () => {
  each([
    {
      name: "a branch that conflicts with its base",
      arrange: async ({ clone, commit }) => {
        await commit(branch, { "src.txt": "two\n" });
        await git(clone, "checkout", "--quiet", "main");
        await commit("main", { "src.txt": "three\n" });
      },
      job: ({ repository }) => ({ repository: { ...repository, continueBranch: true } }),
      reason: "merge-conflict",
      says: /conflicts with "main" in src\.txt\. Merge "main" into it by hand/,
    },
    {
      name: "a push that another one overtook",
      arrange: withHook(`git update-ref refs/heads/${branch} refs/heads/main`),
      reason: "push-rejected",
      says: /did not take the branch .*Somebody else may have changed it/s,
    },
  ]);
});

describe("the orchestrator (§8.1)", () => {
  it.concurrent.each([
    [409, /claim .* was refused by http:.*409.*nothing was spent/],
    [401, /claim .* was refused by http:.*401.*nothing was spent/],
  ] as const)(
    "that refuses the claim with %d ends the runner before anything is done",
    async (status, says) => {
      const stage = await setStage({});
      stage.orchestrator.claimStatuses.push(status);
      const { exitCode, log, report } = await stage.run();
      expect([exitCode, report]).toEqual([3, null]);
      expect(log).toMatch(says);
      expect(await readdir(stage.attempt)).toEqual(["runner.json"]);
      await stage.close();
    },
  );

  it.concurrent("that answers garbage to the claim is told from one that says no", async () => {
    const server = createServer((_, response) => response.end("<html>Welcome to the hotel</html>"));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const { exitCode, log } = await runOnce({}, { environment: { AI_IMPLEMENT_ORCHESTRATOR_URL: url } });
    server.close();
    expect(exitCode).toBe(4);
    expect(log).toMatch(/could not be claimed at .*the job it sent is not one that this runner understands/);
  });
});

describe("the machine", () => {
  each([
    {
      name: "without git",
      run: { environment: { PATH: "/nowhere" } },
      reason: "clone-failed",
      says: /git is not installed where the run happens/,
    },
  ]);

  it.concurrent("with a home that nobody may write to does not matter: the runner writes to none", async () => {
    const { report } = await runOnce({}, { environment: { HOME: "/proc" } });
    expect(report).toMatchObject({ outcome: "implemented" });
  });

  it.skipIf(!isRoot).concurrent(
    "whose disk is full ends as clone-failed, and says it (as root)",
    async () => {
      const stage = await setStage({ files: { "large.txt": randomText(4 * 1024 * 1024) } });
      const mounted = await run("mount", ["-t", "tmpfs", "-o", "size=1m", "none", stage.attempt]).then(
        () => true,
        // A container without the permission: there is no small disk to be had.
        () => false,
      );
      try {
        if (mounted) expectFailure(await stage.run(), "clone-failed", /No space left on device/);
      } finally {
        if (mounted) await run("umount", ["--lazy", stage.attempt]);
        await stage.close();
      }
    },
  );
});
