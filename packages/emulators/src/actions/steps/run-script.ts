import { type ChildProcess, spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";

export interface ScriptOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** All of it: nothing of this process is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Ends the process group: an interrupt, 7.5 s later a termination, 2.5 s later a kill, as GitHub's runner does. */
  readonly signal: AbortSignal;
}

export interface ScriptEnd {
  /** Null where a signal ended it. */
  readonly code: number | null;
  /** Its process group, in which something may live on. */
  readonly group: number | null;
}

const escalation = [
  { signal: "SIGINT", afterMs: 0 },
  { signal: "SIGTERM", afterMs: 7_500 },
  { signal: "SIGKILL", afterMs: 10_000 },
] as const;
/** What was left in the background may hold the output open; nobody waits for it longer than this. */
const drainMs = 500;

/** @throws Error where the program cannot be started */
export const runScript = async (options: ScriptOptions): Promise<ScriptEnd> => {
  const { command, directory, environment, onLine, signal } = options;
  const child = spawn(command, options.arguments, {
    cwd: directory,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const readers = [child.stdout, child.stderr].map((stream) => readLines(stream, onLine));
  const group = child.pid ?? null;
  const timers: NodeJS.Timeout[] = [];
  const stop = (): void => {
    for (const step of escalation) timers.push(setTimeout(() => killGroup(group, step.signal), step.afterMs));
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    return { code: await ended(child), group };
  } finally {
    signal.removeEventListener("abort", stop);
    for (const timer of timers) clearTimeout(timer);
    // Of a step that was stopped nothing stays.
    if (signal.aborted) killGroup(group, "SIGKILL");
    for (const reader of readers) reader.flush();
  }
};

/** Ends what is left of a process group. */
export const killGroup = (group: number | null, signal: NodeJS.Signals): void => {
  if (group === null) return;
  try {
    process.kill(-group, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // One that is gone is what was wanted; some systems say of what is about to go that it is not ours.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
};

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
    child.once("exit", (code) => {
      setTimeout(() => resolve(code), drainMs).unref();
    });
  });

const maxLine = 64 * 1024;

const readLines = (
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void,
): { readonly flush: () => void } => {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.slice(0, maxLine));
    if (rest.length > maxLine) {
      onLine(rest.slice(0, maxLine));
      rest = "";
    }
  });
  return {
    flush() {
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
};
