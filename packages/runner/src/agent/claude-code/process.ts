import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createCollector } from "../../process/collector.ts";
import { notStartedInside } from "../../sandbox/run-inside.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { endLeftovers, sendSignal } from "./leftovers.ts";
import { createLineSplitter } from "./line-splitter.ts";
import type { Exit } from "./map-outcome.ts";

export interface AgentProcess {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  /** Written to its standard input, which is then closed. */
  readonly input: string;
  readonly signal: AbortSignal;
  /** An entry of `environment` that no other session has: what is left behind is found by it. */
  readonly marker: { readonly variable: string; readonly value: string };
}

/** Line and total limits of the standard output, and how much of the error output is kept; all but `line` in bytes. */
export interface OutputLimits {
  readonly line: number;
  readonly total: number;
  readonly errorTail: number;
}

export const defaultLimits: OutputLimits = {
  line: 8 * 1024 * 1024,
  total: 512 * 1024 * 1024,
  errorTail: 16 * 1024,
};

/** How long it may take to end after SIGTERM, and to exit after its last word. */
const graceMs = 5_000;
const lingerMs = 10_000;
/** How long to wait for pipes that something outside of the group may hold open. */
const drainMs = 2_000;

/** Given every complete line; `last` says that the process has nothing more to tell and should exit. */
export type OnLine = (line: string) => "more" | "last";

/**
 * Runs a command inside of the sandbox, in a process group of its own, and leaves no process behind, however it ends.
 * Never rejects for what the command does.
 * @throws Error where a process of the agent's user does not end even when it is killed
 */
export const runAgentProcess = async (
  task: AgentProcess,
  onLine: OnLine,
  limits: OutputLimits = defaultLimits,
): Promise<{ readonly exit: Exit; readonly errorOutput: string }> => {
  const program = task.sandbox.enter({ command: task.command, arguments: task.arguments });
  const child = spawn(program.command, [...program.arguments], {
    cwd: task.directory,
    env: task.environment,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output = watchOutput(child, onLine, limits);
  const started = await startOf(child);
  if (started.kind === "failed")
    return { exit: { kind: "not-started", command: task.command, why: started.why }, errorOutput: "" };
  const group = endingGroup(child, started.pid);
  output.last.addEventListener("abort", () => group.endAfter(lingerMs), { once: true });
  output.tooLarge.addEventListener("abort", group.end, { once: true });
  // A process that exits without reading its input breaks the pipe; its exit says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(task.input);
  task.signal.addEventListener("abort", group.end, { once: true });
  if (task.signal.aborted) group.end();

  const ended = await group.exited;
  task.signal.removeEventListener("abort", group.end);
  sendSignal(-started.pid, "SIGKILL");
  await endLeftovers(task.marker.variable, task.marker.value);
  await task.sandbox.endAll();
  const errorOutput = await output.finished();
  const notStarted = ended.code === null ? null : notStartedInside(ended.code, errorOutput);
  if (notStarted !== null)
    return { exit: { kind: "not-started", command: task.command, why: notStarted }, errorOutput: "" };
  return { exit: exitOf(ended, task.signal.aborted, output.tooLarge.aborted, limits), errorOutput };
};

const exitOf = (ended: Ended, stopped: boolean, tooLarge: boolean, { total }: OutputLimits): Exit => {
  if (stopped) return { kind: "stopped" };
  return tooLarge ? { kind: "output-too-large", limitBytes: total } : { kind: "exited", ...ended };
};

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

type Started =
  | { readonly kind: "started"; readonly pid: number }
  | { readonly kind: "failed"; readonly why: string };

const startOf = async (child: ChildProcess): Promise<Started> => {
  try {
    await once(child, "spawn");
    return { kind: "started", pid: child.pid ?? 0 };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return { kind: "failed", why: code };
  }
};

const endingGroup = (child: ChildProcess, pid: number) => {
  const timers: NodeJS.Timeout[] = [];
  /** SIGTERM to the whole group, and SIGKILL after the grace. */
  const end = (): void => {
    sendSignal(-pid, "SIGTERM");
    timers.push(setTimeout(() => sendSignal(-pid, "SIGKILL"), graceMs));
  };
  const exited = new Promise<Ended>((resolve) => {
    child.once("exit", (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      resolve({ code, signal });
    });
  });
  return {
    exited,
    end,
    endAfter: (delay: number): void => {
      timers.push(setTimeout(end, delay));
    },
  };
};

const watchOutput = (child: ChildProcessWithoutNullStreams, onLine: OnLine, limits: OutputLimits) => {
  const lines = createLineSplitter(limits.line);
  const errors = createCollector(limits.errorTail, "tail");
  const last = new AbortController();
  const tooLarge = new AbortController();
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let total = 0;
  const tell = (line: string): void => {
    if (onLine(line) === "last") last.abort();
  };
  child.stdout.on("data", (chunk: Buffer) => {
    total += chunk.length;
    if (total > limits.total) tooLarge.abort();
    else for (const line of lines.push(chunk)) tell(line);
  });
  child.stderr.on("data", (chunk: Buffer) => errors.add(chunk));
  return {
    /** It said its last word. */
    last: last.signal,
    /** It printed more than it may; nothing is read from there on. */
    tooLarge: tooLarge.signal,
    /** The end of its error output, once both streams have ended; a stuck one is not waited for. */
    finished: async (): Promise<string> => {
      const waiting = new AbortController();
      await Promise.race([
        closed,
        sleep(drainMs, undefined, { signal: waiting.signal }).catch(() => undefined),
      ]);
      waiting.abort();
      if (!tooLarge.signal.aborted) for (const line of lines.end()) tell(line);
      return errors.text();
    },
  };
};
