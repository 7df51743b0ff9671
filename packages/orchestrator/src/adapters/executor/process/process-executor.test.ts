import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResultRequest } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hours } from "../../../core/time.ts";
import { isPermanent } from "../../../ports/delivery-error.ts";
import type { Logger } from "../../../ports/logger.ts";
import { describeExecutor } from "../executor-contract.ts";
import { anAttempt } from "../testing/attempts.ts";
import {
  createProcessExecutor,
  type ProcessExecutor,
  type ProcessExecutorOptions,
} from "./process-executor.ts";
import { processTable } from "./process-table.ts";

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

const result: ResultRequest = {
  instance: "0b7cfd2b-6bc1-4d6f-9a54-3d6f4b7a1c11",
  report: {
    outcome: "failed",
    reason: "no-changes",
    message: "Nothing was changed.",
    usage: null,
    agent: "scripted agent (rehearsal)",
  },
  steps: [],
};

const table = processTable();
const isRunning = async (pid: number): Promise<boolean> => (await table.find(pid)) !== null;

/** A fresh folder of attempts, whose runners are all gone when it is closed. */
const makeWorld = async () => {
  const directory = await mkdtemp(join(tmpdir(), "ai-implement-attempts-"));
  const create = (options: Partial<ProcessExecutorOptions> = {}): ProcessExecutor =>
    createProcessExecutor({
      directory,
      runnerEntry: join(import.meta.dirname, "testing/fake-runner.mjs"),
      nodePath: process.execPath,
      path: "/usr/bin:/bin",
      logger: silent,
      environment: { FAKE_RESULT: JSON.stringify(result) },
      ...options,
    });
  const executor = create();
  const fileOf = (runId: string, name: string): string => join(directory, runId, name);
  return {
    directory,
    create,
    executor,
    fileOf,
    json: async <Value>(runId: string, name: string): Promise<Value> =>
      JSON.parse(await readFile(fileOf(runId, name), "utf8")) as Value,
    close: async () => {
      for (const runId of await readdir(directory))
        await executor.destroy(anAttempt({ runId })).catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
type World = Awaited<ReturnType<typeof makeWorld>>;

describeExecutor("process", { adopts: "at-dispatch", failure: "exit code 3" }, async () => {
  const world = await makeWorld();
  return {
    executor: world.executor,
    attempt: (behaviour) => ({ orchestratorUrl: `http://127.0.0.1:9/${behaviour}` }),
    starts: async ({ runId }) =>
      (await readFile(world.fileOf(runId, "starts"), "utf8").catch(() => "")).length,
    report: result.report,
    restarted: () => world.create(),
    close: world.close,
  };
});

describe("§8.6 executor process", () => {
  let world: World;
  let strangers: ChildProcess[];
  beforeEach(async () => {
    world = await makeWorld();
    strangers = [];
  });
  afterEach(async () => {
    for (const stranger of strangers) stranger.kill("SIGKILL");
    await world.close();
  });

  const dispatched = async (behaviour: string, awaitedFile: string): Promise<string> => {
    const runId = uuidv7();
    const orchestratorUrl = `http://127.0.0.1:9/${behaviour}`;
    await world.executor.dispatch(anAttempt({ runId, orchestratorUrl, claimToken: "secret-claim" }));
    await vi.waitFor(() => readFile(world.fileOf(runId, awaitedFile)), { timeout: 10_000 });
    return runId;
  };
  const stranger = async (): Promise<number> => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      detached: true,
      stdio: "ignore",
    });
    strangers.push(child);
    await vi.waitFor(() => expect(child.pid).toBeDefined());
    return child.pid ?? 0;
  };
  const pidOf = async (runId: string): Promise<number> =>
    (await world.json<{ pid: number }>(runId, "runner.json")).pid;

  it("gives the runner an environment from an allow-list and nothing of our own (§11.3)", async () => {
    const runId = await dispatched("tells-its-environment", "environment.json");
    const { FAKE_RESULT: _given, ...environment } = await world.json<Record<string, string>>(
      runId,
      "environment.json",
    );
    expect(environment).toEqual({
      PATH: "/usr/bin:/bin",
      HOME: world.fileOf(runId, "home"),
      TMPDIR: world.fileOf(runId, "tmp"),
      LANG: "C.UTF-8",
      AI_IMPLEMENT_RUN_ID: runId,
      AI_IMPLEMENT_ORCHESTRATOR_URL: "http://127.0.0.1:9/tells-its-environment",
      AI_IMPLEMENT_CLAIM_TOKEN: "secret-claim",
      AI_IMPLEMENT_ATTEMPT_DIR: join(world.directory, runId),
    });
  });

  it("leaves the claim token out of every file", async () => {
    const runId = await dispatched("waits", "starts");
    const names = await readdir(join(world.directory, runId), { withFileTypes: true });
    for (const entry of names.filter((candidate) => candidate.isFile()))
      expect(await readFile(world.fileOf(runId, entry.name), "utf8")).not.toContain("secret-claim");
  });

  it("tells how a runner ended with the end of its log, credentials masked", async () => {
    const runId = await dispatched("fails", "exit.json");
    const observation = await world.executor.observe(anAttempt({ runId }));
    expect(observation).toMatchObject({ kind: "exited", report: null });
    const detail = observation.kind === "exited" ? observation.detail : "";
    expect(detail).toContain("exit code 3");
    expect(detail).toContain(world.fileOf(runId, "runner.log"));
    expect(detail).toContain("the kettle broke, token [redacted]");
  });

  it("ends what a killed runner left behind, in its own session or in another", async () => {
    const runId = await dispatched("has-children", "children.json");
    const children = await world.json<number[]>(runId, "children.json");
    process.kill(await pidOf(runId), "SIGKILL");
    await vi.waitFor(async () =>
      expect((await world.executor.observe(anAttempt({ runId }))).kind).toBe("exited"),
    );
    expect(await Promise.all(children.map(isRunning))).toEqual([true, true]);
    await world.executor.destroy(anAttempt({ runId }));
    expect(await Promise.all(children.map(isRunning))).toEqual([false, false]);
  });

  it("kills a runner that does not want to end", async () => {
    const runId = await dispatched("ignores-sigterm", "ready");
    const pid = await pidOf(runId);
    await world.executor.destroy(anAttempt({ runId }));
    expect(await isRunning(pid)).toBe(false);
  });

  it("removes workspace and home when it is destroyed, and keeps log and report", async () => {
    const runId = await dispatched("leaves-a-report", "report.json");
    await mkdir(world.fileOf(runId, "workspace/.git"), { recursive: true });
    await world.executor.destroy(anAttempt({ runId }));
    const left = await readdir(join(world.directory, runId));
    for (const name of ["workspace", "home", "tmp"]) expect(left).not.toContain(name);
    for (const name of ["runner.log", "report.json"]) expect(left).toContain(name);
  });

  it("neither adopts nor kills a stranger who has the pid of a runner that is gone", async () => {
    const runId = await dispatched("waits", "starts");
    process.kill(await pidOf(runId), "SIGKILL");
    await vi.waitFor(() => readFile(world.fileOf(runId, "exit.json")));
    const pid = await stranger();
    const { startMark } = await world.json<{ startMark: string }>(runId, "process.json");
    await writeFile(world.fileOf(runId, "process.json"), JSON.stringify({ pid, startMark: `${startMark}0` }));
    await writeFile(world.fileOf(runId, "runner.json"), JSON.stringify({ pid, startedAt: "", instance: "" }));
    expect((await world.executor.observe(anAttempt({ runId }))).kind).toBe("exited");
    await world.executor.destroy(anAttempt({ runId }));
    expect(await isRunning(pid)).toBe(true);
  });

  it.runIf(process.platform === "linux")(
    "does not take a stranger for a runner that only wrote its own file",
    async () => {
      const runId = await dispatched("waits", "starts");
      process.kill(await pidOf(runId), "SIGKILL");
      const pid = await stranger();
      await rm(world.fileOf(runId, "process.json"));
      await writeFile(world.fileOf(runId, "runner.json"), JSON.stringify({ pid }));
      expect((await world.executor.observe(anAttempt({ runId }))).kind).toBe("exited");
      await world.executor.destroy(anAttempt({ runId }));
      expect(await isRunning(pid)).toBe(true);
    },
  );

  it("knows a runner that we started but died before we wrote it down (§8.3)", async () => {
    const runId = await dispatched("waits", "starts");
    await rm(world.fileOf(runId, "process.json"));
    const restarted = world.create();
    expect(await restarted.observe(anAttempt({ runId }))).toEqual({ kind: "running" });
    await restarted.destroy(anAttempt({ runId }));
    expect(await isRunning(await pidOf(runId))).toBe(false);
  });

  it("starts an attempt of which only the folder was made (§8.3)", async () => {
    const runId = uuidv7();
    await mkdir(join(world.directory, runId));
    expect(await world.executor.observe(anAttempt({ runId }))).toEqual({ kind: "absent" });
    const orchestratorUrl = "http://127.0.0.1:9/waits";
    await world.executor.dispatch(anAttempt({ runId, orchestratorUrl, claimToken: "secret-claim" }));
    expect(await world.executor.observe(anAttempt({ runId }))).toEqual({ kind: "running" });
  });

  it("says that it does not know when the folder cannot be understood, and names the file", async () => {
    const runId = await dispatched("leaves-a-report", "report.json");
    await writeFile(world.fileOf(runId, "process.json"), "{");
    const observation = await world.executor.observe(anAttempt({ runId }));
    expect(observation).toMatchObject({ kind: "unknown" });
    expect(observation.kind === "unknown" && observation.error).toContain("process.json");
    await expect(world.executor.dispatch(anAttempt({ runId }))).rejects.toThrow("process.json");
  });

  it("does not believe a report that is not one", async () => {
    const runId = await dispatched("fails", "exit.json");
    await writeFile(world.fileOf(runId, "report.json"), '{"report":{"outcome":"implemented"}}');
    const observation = await world.executor.observe(anAttempt({ runId }));
    expect(observation).toMatchObject({ kind: "exited", report: null });
    expect(observation.kind === "exited" && observation.detail).toContain("report.json");
  });

  it("refuses for good, with the fix, when the runner is not built", async () => {
    const error: unknown = await world
      .create({ runnerEntry: "/nowhere/runner.js" })
      .dispatch(anAttempt({ runId: uuidv7() }))
      .catch((reason: unknown) => reason);
    expect(isPermanent(error)).toBe(true);
    expect(String(error)).toContain("npm run build");
  });

  it("refuses for good, naming ATTEMPTS_DIR, when the folder cannot be written", async () => {
    // A file in the way stops root as well; a mode would not.
    const inTheWay = join(world.directory, "file");
    await writeFile(inTheWay, "");
    await chmod(inTheWay, 0o444);
    const error: unknown = await world
      .create({ directory: inTheWay })
      .dispatch(anAttempt({ runId: uuidv7() }))
      .catch((reason: unknown) => reason);
    expect(isPermanent(error)).toBe(true);
    expect(String(error)).toContain("ATTEMPTS_DIR");
    await rm(inTheWay, { force: true });
  });

  it("sweeps attempts that ended more than 14 days ago, and nothing else", async () => {
    const ended = await dispatched("fails", "exit.json");
    const running = await dispatched("waits", "starts");
    const fresh = await dispatched("leaves-a-report", "report.json");
    const elsewhere = join(world.directory, "notes");
    await mkdir(elsewhere);
    const longAgo = new Date(Date.now() - hours(24 * 15));
    for (const runId of [ended, running])
      for (const name of ["runner.log", ""]) await utimes(world.fileOf(runId, name), longAgo, longAgo);
    await utimes(elsewhere, longAgo, longAgo);
    expect(await world.executor.sweep(Date.now())).toEqual([ended]);
    expect((await readdir(world.directory)).sort()).toEqual([running, fresh, "notes"].sort());
  });
});
