import { spawn } from "node:child_process";
import type { Keep } from "../text/clip.ts";
import { type Collector, createCollector } from "./collector.ts";

export interface Command {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** The whole environment: nothing is inherited (§11.3). */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Ends the command and everything it started. */
  readonly signal: AbortSignal;
  readonly input?: string;
  /** How much of each stream to keep, in characters, and which end. */
  readonly maxOutput: number;
  readonly keep: Keep;
  /** Of standard output. `latin1`: bytes, one character for each. UTF-8 when absent. */
  readonly encoding?: "utf8" | "latin1";
}

export interface CommandResult {
  readonly end:
    | { readonly kind: "exited"; readonly exitCode: number }
    | { readonly kind: "killed"; readonly signal: string }
    | { readonly kind: "timed-out" }
    | { readonly kind: "stopped" }
    | { readonly kind: "not-started"; readonly message: string };
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order in which they arrived, with a notice where something was cut. */
  readonly output: string;
  /** True when `stdout` is not all of it. */
  readonly truncated: boolean;
  readonly seconds: number;
}

/** Between asking a process group to end and making it. */
const graceMs = 3_000;
/** How long to wait for pipes that a background child of an ended command may hold open. */
const drainMs = 300;

/**
 * Runs a program in a process group of its own, without a shell, and ends the whole group with it: what it left
 * in the background does not outlive it. Never rejects: how it went is in `end`.
 */
export const runCommand = (command: Command): Promise<CommandResult> => {
  if (command.signal.aborted) return Promise.resolve(emptyResult({ kind: "stopped" }));
  const startedAt = performance.now();
  const stdout = createCollector(command.maxOutput, command.keep, command.encoding);
  const stderr = createCollector(command.maxOutput, command.keep);
  const output = createCollector(command.maxOutput, command.keep);
  const child = spawn(command.command, [...command.arguments], {
    cwd: command.directory,
    env: { ...command.environment },
    detached: true,
    // Node's pipes are sockets, and bash reads ~/.bashrc when its input is one: it takes that for a remote login.
    stdio: [command.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const killGroup = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone already: that is what was wanted.
    }
  };
  return new Promise((resolve) => {
    let cut: "timed-out" | "stopped" | null = null;
    let killTimer: NodeJS.Timeout | undefined;
    const end = (why: "timed-out" | "stopped") => {
      cut ??= why;
      killGroup("SIGTERM");
      killTimer ??= setTimeout(() => killGroup("SIGKILL"), graceMs);
    };
    const onAbort = () => end("stopped");
    const timer = setTimeout(() => end("timed-out"), command.timeoutMs);
    command.signal.addEventListener("abort", onAbort, { once: true });

    const settle = (result: CommandResult["end"]) => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      command.signal.removeEventListener("abort", onAbort);
      killGroup("SIGKILL");
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({
        end: cut === null ? result : { kind: cut },
        stdout: stdout.text(),
        stderr: stderr.text(),
        output: withNotice(output, command.keep),
        truncated: stdout.truncated(),
        seconds: (performance.now() - startedAt) / 1000,
      });
    };
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout.add(chunk);
      output.add(chunk);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr.add(chunk);
      output.add(chunk);
    });
    // A program that ends without reading its input breaks the pipe: its exit says what that means.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(command.input);
    child.once("error", (error) => settle({ kind: "not-started", message: error.message }));
    child.once("exit", (code, signal) => {
      const result: CommandResult["end"] =
        code === null ? { kind: "killed", signal: signal ?? "unknown" } : { kind: "exited", exitCode: code };
      const drained = setTimeout(() => settle(result), drainMs);
      child.once("close", () => {
        clearTimeout(drained);
        settle(result);
      });
    });
  });
};

const withNotice = (collector: Collector, keep: Keep): string => {
  if (!collector.truncated()) return collector.text();
  return keep === "head"
    ? `${collector.text()}\n[what came after that was cut]`
    : `[what came before this was cut]\n${collector.text()}`;
};

const emptyResult = (end: CommandResult["end"]): CommandResult => ({
  end,
  stdout: "",
  stderr: "",
  output: "",
  truncated: false,
  seconds: 0,
});

export const succeeded = ({ end }: CommandResult): boolean => end.kind === "exited" && end.exitCode === 0;

/** How a command ended, as half a sentence: "ended with exit code 2". */
export const describeEnd = ({ end, seconds }: CommandResult): string => {
  switch (end.kind) {
    case "exited":
      return `ended with exit code ${end.exitCode}`;
    case "killed":
      return `was killed by ${end.signal}`;
    case "timed-out":
      return `did not end within ${Math.round(seconds)} s and was killed`;
    case "stopped":
      return "was stopped with the run";
    case "not-started":
      return `could not be started: ${end.message}`;
  }
};
