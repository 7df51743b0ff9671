import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import type { Surroundings } from "./figure.ts";
import { runNode } from "./node-process.ts";

/** A folder to start the service in: the demo's, with its project paused, so that no runner ever starts. */
export interface Sandbox {
  readonly path: string;
  readonly url: string;
  readonly program: string;
}

export const makeSandbox = async (
  { program, folder }: Surroundings,
  furtherTickets = 0,
): Promise<Sandbox> => {
  const path = await mkdtemp(join(folder, "sandbox-"));
  await runNode([program, "demo", "--prepare", path]);
  const settings = parseEnv(await readFile(join(path, ".env"), "utf8"));
  const { store } = await openSqliteStore({ path: settings["DEDUP_DB_PATH"] ?? "" });
  try {
    for (const { value, version } of await store.listProjects())
      await store.updateProject({ value: { ...value, paused: true }, version });
  } finally {
    await store.close();
  }
  for (let index = 0; index < furtherTickets; index += 1)
    await writeFile(join(path, "tickets", "tally", `MORE-${index}.md`), ticketFile(index));
  return { path, program, url: `http://127.0.0.1:${settings["PORT"]}` };
};

const ticketFile = (index: number): string =>
  `---\nid: MORE-${index}\ntitle: Improve part ${index}\nstatus: Ready\npriority: ${1 + (index % 4)}\n---\n${"What is wanted, in a sentence of common length.\n".repeat(20)}`;

export interface Service {
  readonly pid: number;
  /** Since the process was started, in ms. */
  readonly answeredAfter: number;
  readonly polledAfter: number;
  stop(): Promise<void>;
}

/** A running `ai-implement start`, once its first poll has ended. */
export const startService = async (
  { path, url, program }: Sandbox,
  settings: Readonly<Record<string, string>> = {},
): Promise<Service> => {
  const begin = performance.now();
  const child = spawn(process.execPath, [program, "start"], {
    cwd: path,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...settings },
    stdio: "ignore",
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
  };
  try {
    await untilOk(`${url}/livez`, child);
    const answeredAfter = performance.now() - begin;
    await untilOk(`${url}/readyz`, child);
    const polledAfter = performance.now() - begin;
    return { pid: child.pid ?? -1, answeredAfter, polledAfter, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const startTimeoutMs = 30_000;

const untilOk = async (url: string, child: ChildProcess): Promise<void> => {
  const end = performance.now() + startTimeoutMs;
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`ai-implement start exited with ${child.exitCode}.`);
    if (await isOk(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`${url} did not answer with success within ${startTimeoutMs / 1_000} s.`);
};

const isOk = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not listening yet: that is what is waited for.
    return false;
  }
};

export interface Memory {
  readonly nowMegabytes: number;
  readonly peakMegabytes: number;
}

/** The resident memory of another process, as Linux tells it. */
export const memoryOf = (pid: number): Memory => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1_024;
  return { nowMegabytes: megabytes("VmRSS"), peakMegabytes: megabytes("VmHWM") };
};
