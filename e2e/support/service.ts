import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { execa } from "execa";
import { killRunners } from "./runners.ts";

/** The built program: what an operator runs. */
export const program = fileURLToPath(
  new URL("../../packages/orchestrator/dist/ai-implement.js", import.meta.url),
);

/** The built program in the sandbox: what an executor starts. */
export const runnerProgram = fileURLToPath(new URL("../../packages/runner/dist/runner.js", import.meta.url));

/** A sandbox folder made by `ai-implement demo --prepare`, with what was written to its `.env`. */
export interface Sandbox {
  readonly path: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The bare repository that pull requests go to. */
  readonly repository: string;
  readonly tickets: string;
  /** Ends what still works in it as well. */
  remove(): Promise<void>;
}

export interface SandboxOptions {
  /** Seconds that the scripted agent pretends to think at each step. */
  readonly pace?: number;
  /** Variables on top of the sandbox's own; the environment of the test is not inherited. */
  readonly environment?: Readonly<Record<string, string>>;
}

export const makeSandbox = async ({
  pace = 0.05,
  environment = {},
}: SandboxOptions = {}): Promise<Sandbox> => {
  const path = await mkdtemp(join(tmpdir(), "ai-implement-e2e-"));
  await execa(process.execPath, [program, "demo", "--prepare", path, "--pace", String(pace)], {
    env: { ...baseEnvironment(), ...environment },
    extendEnv: false,
    cwd: path,
  });
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseEnv(await readFile(join(path, ".env"), "utf8"))))
    if (value !== undefined) settings[name] = value;
  return {
    path,
    settings,
    repository: join(path, "forge", "acme", "tally.git"),
    tickets: join(path, "tickets", "tally"),
    async remove() {
      await killRunners(join(path, "attempts"));
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
};

export const baseEnvironment = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: process.env["HOME"] ?? "/tmp",
});

/** A running `ai-implement start`, as a process of its own. */
export interface Service {
  readonly url: string;
  readonly pid: number;
  /** SIGKILL: nothing is told, nothing is flushed. */
  kill(): Promise<void>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  get<Body>(path: string): Promise<Body>;
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
}

export const startService = async (
  sandbox: Sandbox,
  environment: Readonly<Record<string, string>> = {},
): Promise<Service> => {
  const child = spawn(process.execPath, [program, "start"], {
    cwd: sandbox.path,
    env: { ...baseEnvironment(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(join(sandbox.path, "service.log"), { flags: "a" });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const url = `http://127.0.0.1:${sandbox.settings["PORT"]}`;
  await untilListening(url, child);
  const token = await signIn(url, sandbox.settings["ADMIN_ACCESS_CODE"] ?? "");
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : (JSON.parse(text) as unknown) };
  };
  return {
    url,
    pid: child.pid ?? -1,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      return exited;
    },
    // The caller names the shape it relies on; a wrong one fails its assertions.
    async get<Body>(path: string) {
      const { status, body } = await send("GET", path);
      if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
      return body as Body;
    },
    send,
  };
};

const untilListening = (url: string, child: ChildProcess): Promise<void> =>
  eventually("the service listens", async () => {
    if (child.exitCode !== null) throw new Stop(`the service exited with ${child.exitCode}`);
    return (await fetch(`${url}/livez`, { signal: AbortSignal.timeout(1_000) })).ok;
  });

const signIn = async (url: string, code: string): Promise<string> => {
  const response = await fetch(`${url}/api/auth`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
    signal: AbortSignal.timeout(5_000),
  });
  const { token } = (await response.json()) as { token: string };
  return token;
};

/** Ends `eventually` at once: waiting longer cannot help. */
export class Stop extends Error {
  override readonly name = "Stop";
}

/** Polls until `check` is true; an error counts as "not yet". */
export const eventually = async (
  what: string,
  check: () => Promise<boolean>,
  { timeoutMs = 60_000, everyMs = 25 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<void> => {
  const end = Date.now() + timeoutMs;
  let last: unknown = null;
  while (Date.now() < end) {
    try {
      if (await check()) return;
      last = null;
    } catch (error) {
      if (error instanceof Stop) throw error;
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`, { cause: last });
};
