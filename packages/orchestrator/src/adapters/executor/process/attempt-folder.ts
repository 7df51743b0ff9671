import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { agentRooms, agentUserId, type ResultRequest, resultRequestSchema } from "@ai-implement/contracts";
import { z } from "zod";
import type { RunId } from "../../../core/run.ts";

/** Where everything of one attempt lies: `<ATTEMPTS_DIR>/<run id>/`. */
export interface AttemptFolder {
  readonly path: string;
  /** What was dispatched, without the claim token. */
  readonly attempt: string;
  /** The process that we started. */
  readonly process: string;
  /** How it ended, if we were there to see it. */
  readonly exit: string;
  /** The runner's own: made exclusively as its first act, so that a second process of the attempt exits. */
  readonly runner: string;
  /** The runner's own: its result, written before it is sent. */
  readonly report: string;
  readonly log: string;
  readonly home: string;
  readonly temporary: string;
  readonly workspace: string;
  /** Home, temporary folder and workspace of an agent whose user may not come through to this folder. */
  readonly rooms: string;
  /** The user that the runner gives its agent, where it may and nobody named another. */
  readonly agentUser: number;
}

/** A run id becomes a path: nothing but a UUID may. */
export const isRunId = (text: string): text is RunId =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);

export const attemptFolder = (directory: string, runId: RunId): AttemptFolder => {
  const path = join(directory, runId);
  return {
    path,
    attempt: join(path, "attempt.json"),
    process: join(path, "process.json"),
    exit: join(path, "exit.json"),
    runner: join(path, "runner.json"),
    report: join(path, "report.json"),
    log: join(path, "runner.log"),
    home: join(path, "home"),
    temporary: join(path, "tmp"),
    workspace: join(path, "workspace"),
    rooms: agentRooms(runId),
    agentUser: agentUserId(runId),
  };
};

const processSchema = z.object({
  pid: z.int().min(1),
  /** Null: it had ended before it could be looked at. */
  startMark: z.string().max(200).nullable(),
});
export type StartedProcess = z.infer<typeof processSchema>;

/** The runner's own words, of which only the pid matters here. */
const runnerSchema = z.object({ pid: z.int().min(1) });

const exitSchema = z.object({
  pid: z.int().min(1),
  code: z.int().nullable(),
  signal: z.string().max(20).nullable(),
});
export type ObservedExit = z.infer<typeof exitSchema>;

/** A file's content. `garbled` says what is wrong with it, naming the file. */
export type FileContent<Value> =
  | { readonly kind: "absent" }
  | { readonly kind: "garbled"; readonly problem: string }
  | { readonly kind: "present"; readonly value: Value; readonly writtenAt: number };

export const readStarted = (folder: AttemptFolder): Promise<FileContent<StartedProcess>> =>
  readJson(folder.process, processSchema);

export const readRunner = (folder: AttemptFolder): Promise<FileContent<{ readonly pid: number }>> =>
  readJson(folder.runner, runnerSchema);

export const readExit = (folder: AttemptFolder): Promise<FileContent<ObservedExit>> =>
  readJson(folder.exit, exitSchema);

export const readReport = (folder: AttemptFolder): Promise<FileContent<ResultRequest>> =>
  readJson(folder.report, resultRequestSchema);

/** What the runner could have sent as well: a larger one costs more memory than we may have. */
const maxFileBytes = 4 * 1024 * 1024;

/** @throws when the file is there but cannot be read. */
const readJson = async <Value>(file: string, schema: z.ZodType<Value>): Promise<FileContent<Value>> => {
  try {
    await using handle = await openOwn(file);
    const stats = await handle.stat();
    if (!stats.isFile()) return { kind: "garbled", problem: `${file} is not a file.` };
    const { size, mtimeMs } = stats;
    if (size > maxFileBytes) return { kind: "garbled", problem: `${file} has ${size} bytes.` };
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
    const parsed = schema.safeParse(JSON.parse(buffer.toString("utf8", 0, bytesRead)));
    return parsed.success
      ? { kind: "present", value: parsed.data, writtenAt: mtimeMs }
      : { kind: "garbled", problem: `${file}: ${z.prettifyError(parsed.error).slice(0, 500)}` };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { kind: "absent" };
    if (errorCode(error) === "ELOOP") return { kind: "garbled", problem: `${file} is a symbolic link.` };
    if (error instanceof SyntaxError) return { kind: "garbled", problem: `${file} is not JSON.` };
    throw error;
  }
};

/** The agent can reach this folder: no link is followed, and no pipe waited for (§11.9: no input ends the process). */
const openOwn = (file: string): Promise<FileHandle> =>
  open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);

/** Whole or not at all, whenever we die. */
export const writeJson = async (file: string, value: object): Promise<void> => {
  const unfinished = `${file}.${process.pid}.tmp`;
  await writeFile(unfinished, `${JSON.stringify(value)}\n`, { mode: 0o600, flush: true });
  await rename(unfinished, file);
};

/** Only we and the runner, which is the same user, may look inside; the runner lets its agent in where it has to. */
export const makeFolders = async (folder: AttemptFolder): Promise<void> => {
  await mkdir(folder.path, { recursive: true, mode: 0o700 });
  await mkdir(folder.home, { recursive: true, mode: 0o700 });
  await mkdir(folder.temporary, { recursive: true, mode: 0o700 });
};

/** The end of the runner's log, at most `maxBytes`; empty when there is none. */
export const logTail = async (folder: AttemptFolder, maxBytes: number): Promise<string> => {
  try {
    await using file = await openOwn(folder.log);
    const stats = await file.stat();
    if (!stats.isFile()) return "";
    const { size } = stats;
    const start = Math.max(0, size - maxBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, start);
    const text = buffer.toString("utf8", 0, bytesRead);
    // The first line is cut somewhere, perhaps inside a letter.
    return (start > 0 ? text.slice(text.indexOf("\n") + 1) : text).trim();
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ELOOP") return "";
    throw error;
  }
};

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
