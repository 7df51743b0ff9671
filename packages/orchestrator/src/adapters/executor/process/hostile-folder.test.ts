import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ResultRequest } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defaultReconcilePolicy, reconcileRun } from "../../../core/reconcile/reconcile-run.ts";
import { aClaimedRun, aTime } from "../../../core/testing/builders.ts";
import type { Logger } from "../../../ports/logger.ts";
import { anAttempt } from "../testing/attempts.ts";
import { createProcessExecutor, type ProcessExecutor } from "./process-executor.ts";

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

const result: ResultRequest = {
  instance: "0b7cfd2b-6bc1-4d6f-9a54-3d6f4b7a1c11",
  report: { outcome: "failed", reason: "no-changes", message: "None.", usage: null, agent: "scripted" },
  steps: [],
};

let directory: string;
let executor: ProcessExecutor;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ai-implement-attempts-"));
  executor = createProcessExecutor({
    directory,
    runnerEntry: join(import.meta.dirname, "testing/fake-runner.mjs"),
    nodePath: process.execPath,
    path: "/usr/bin:/bin",
    logger: silent,
  });
});
afterEach(async () => {
  for (const runId of await readdir(directory))
    await executor.destroy(anAttempt({ runId })).catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

const fileOf = (runId: string, name: string): string => join(directory, runId, name);
const dispatched = async (behaviour: string, awaitedFile: string): Promise<string> => {
  const runId = uuidv7();
  const orchestratorUrl = `http://127.0.0.1:9/${behaviour}`;
  await executor.dispatch(anAttempt({ runId, orchestratorUrl, claimToken: "secret-claim" }));
  await vi.waitFor(() => readFile(fileOf(runId, awaitedFile)), { timeout: 10_000 });
  return runId;
};
const pidOf = async (runId: string): Promise<number> =>
  (JSON.parse(await readFile(fileOf(runId, "runner.json"), "utf8")) as { pid: number }).pid;

describe("what the agent put in the place of our files (§11.9)", () => {
  const pipe = (runId: string, name: string) => promisify(execFile)("mkfifo", [fileOf(runId, name)]);

  it.each(["report.json", "exit.json", "runner.log"])("a pipe called %s is not waited for", async (name) => {
    const runId = await dispatched("fails", "exit.json");
    await rm(fileOf(runId, name), { force: true });
    await pipe(runId, name);
    expect(await executor.observe(anAttempt({ runId }))).toMatchObject({ kind: "exited", report: null });
  });

  it("a pipe where we write how the runner ended does not stop the service", async () => {
    const runId = await dispatched("waits", "starts");
    await pipe(runId, "exit.json");
    process.kill(await pidOf(runId), "SIGKILL");
    await vi.waitFor(async () => expect((await executor.observe(anAttempt({ runId }))).kind).toBe("exited"));
  });

  it("a link where we write how the runner ended leads nowhere", async () => {
    const target = join(directory, "target");
    await writeFile(target, "mine\n");
    const runId = await dispatched("waits", "starts");
    await symlink(target, fileOf(runId, "exit.json"));
    process.kill(await pidOf(runId), "SIGKILL");
    await vi.waitFor(async () => expect((await executor.observe(anAttempt({ runId }))).kind).toBe("exited"));
    expect(await readFile(target, "utf8")).toBe("mine\n");
  });

  it("a link to a report, or to a device without end, is not followed", async () => {
    const runId = await dispatched("fails", "exit.json");
    const elsewhere = join(directory, "report.json");
    await writeFile(elsewhere, JSON.stringify(result));
    for (const target of [elsewhere, "/dev/zero"]) {
      await rm(fileOf(runId, "report.json"), { force: true });
      await symlink(target, fileOf(runId, "report.json"));
      const observation = await executor.observe(anAttempt({ runId }));
      expect(observation).toMatchObject({ kind: "exited", report: null });
      expect(observation.kind === "exited" && observation.detail).toContain("is a symbolic link");
    }
  });

  it("a report of another runner than the attempt's claimant is not believed (§8.1)", async () => {
    const runId = await dispatched("fails", "exit.json");
    await writeFile(fileOf(runId, "report.json"), JSON.stringify(result));
    const observation = await executor.observe(anAttempt({ runId }));
    const eventOf = (claimedBy: string) =>
      reconcileRun(aClaimedRun({ id: runId, claimedBy }), observation, aTime, defaultReconcilePolicy);
    expect(eventOf(result.instance)).toMatchObject({ kind: "reported", report: result.report });
    expect(eventOf("1c8d0e3c-7cd2-4e7f-8b65-4e7a5c8b2d22")).toMatchObject({ kind: "result-unusable" });
  });

  it("a report that is larger than one that could be sent is not read", async () => {
    const runId = await dispatched("fails", "exit.json");
    await writeFile(fileOf(runId, "report.json"), `[${"[],".repeat(1_500_000)}[]]`);
    const observation = await executor.observe(anAttempt({ runId }));
    expect(observation.kind === "exited" && observation.detail).toContain("has 4500004 bytes");
  });
});

describe("what the agent put in the way of its removal (§8.6)", () => {
  it.each([
    [
      "folders deeper than a path can be long",
      "for i in $(seq 60); do mkdir $(printf '%0200d' 0); cd -P $(printf '%0200d' 0); done",
    ],
    ["folders that nobody may enter", "mkdir -p a/b; touch a/b/c; chmod 000 a/b a"],
    ["a link to another folder", 'ln -s "$KEPT" link'],
  ])("%s", async (_what, command) => {
    const runId = await dispatched("exit", "exit.json");
    const kept = await mkdtemp(join(tmpdir(), "ai-implement-kept-"));
    await writeFile(join(kept, "file"), "kept");
    await promisify(execFile)("bash", ["-c", command], {
      cwd: fileOf(runId, "home"),
      env: { PATH: "/usr/bin:/bin", KEPT: kept },
    });
    await executor.destroy(anAttempt({ runId }));
    expect(await readdir(join(directory, runId))).not.toContain("home");
    expect(await readFile(join(kept, "file"), "utf8")).toBe("kept");
    await rm(kept, { recursive: true });
  });
});
