import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { containing } from "../testing/matchers.ts";
import { type Command, runCommand } from "./run-command.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "run-command-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const bash = (script: string, more: Partial<Command> = {}) =>
  runCommand({
    command: "bash",
    arguments: ["-c", script],
    directory,
    environment: { PATH: "/usr/local/bin:/usr/bin:/bin" },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    maxOutput: 10_000,
    keep: "tail",
    ...more,
  });

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const backgroundPid = async (): Promise<number> =>
  Number(await readFile(join(directory, "background"), "utf8"));

/** A killed process stays visible until it is reaped by init. */
const eventuallyDead = async (pid: number): Promise<boolean> => {
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) {
    const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    if (/\) [ZX] /.test(state)) return true;
    await wait(50);
  }
  return !isAlive(pid);
};

describe("running a program", () => {
  it("gives the exit code and both streams", async () => {
    const result = await bash("echo out; echo err >&2; exit 3");
    expect(result.end).toEqual({ kind: "exited", exitCode: 3 });
    expect([result.stdout, result.stderr]).toEqual(["out\n", "err\n"]);
  });

  it("keeps the tail of an endless output in bounded memory, from a line on", async () => {
    const result = await bash("seq 1 400000", { maxOutput: 1_000 });
    expect(result.truncated).toBe(true);
    expect(result.stdout.length).toBeLessThanOrEqual(1_000);
    expect(result.stdout).toMatch(/^\d{6}\n/);
    expect(result.stdout).toMatch(/\n400000\n$/);
  });

  it("lives through an output of 1 GB in bounded memory, and says that it was cut", async () => {
    const before = process.memoryUsage().rss;
    const result = await bash("yes abcdefghijklmnopqrstuvwxyz | head -c 1000000000; echo; echo the end", {
      timeoutMs: 60_000,
    });
    expect(result.end).toEqual({ kind: "exited", exitCode: 0 });
    expect(result.output).toMatch(/^\[what came before this was cut\]\n[\s\S]*the end\n$/);
    expect(result.output.length).toBeLessThan(11_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  }, 60_000);

  it("keeps the head where the head is asked for", async () => {
    const result = await bash("seq 1 400000", { maxOutput: 1_000, keep: "head" });
    expect(result.stdout).toMatch(/^1\n2\n3\n/);
    expect(result.stdout).toHaveLength(1_000);
  });

  it("ends the whole group at the timeout", async () => {
    const result = await bash("sleep 300 & echo $! > background; wait", { timeoutMs: 500 });
    expect(result.end.kind).toBe("timed-out");
    expect(await eventuallyDead(await backgroundPid())).toBe(true);
  });

  it("ends the whole group when the run stops", async () => {
    const stop = new AbortController();
    const running = bash("sleep 300 & echo $! > background; wait", { signal: stop.signal });
    await wait(500);
    stop.abort();
    expect((await running).end.kind).toBe("stopped");
    expect(await eventuallyDead(await backgroundPid())).toBe(true);
  });

  it("does not wait for what a command left in the background, and ends it", async () => {
    const result = await bash("sleep 300 & echo $! > background");
    expect(result.end).toEqual({ kind: "exited", exitCode: 0 });
    expect(await eventuallyDead(await backgroundPid())).toBe(true);
  });

  it("inherits nothing of our environment (§11.3)", async () => {
    process.env["PLANTED_FOR_THE_TEST"] = "secret";
    const result = await bash("env | cut -d= -f1 | sort | tr '\\n' ' '");
    delete process.env["PLANTED_FOR_THE_TEST"];
    expect(result.stdout.trim().split(" ").sort()).toEqual(["PATH", "PWD", "SHLVL", "_"]);
  });

  it("says that a program is not there", async () => {
    const result = await bash("", { command: join(directory, "absent") });
    expect(result.end).toMatchObject({ kind: "not-started", message: containing("ENOENT") });
  });
});
