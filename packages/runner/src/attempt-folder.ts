import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { agentRooms, type ResultRequest } from "@ai-implement/contracts";
import type { Folders } from "./pipeline/step.ts";
import { succeeded } from "./process/run-command.ts";
import { startInside } from "./sandbox/run-inside.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { UsageError } from "./usage-error.ts";

/** Who works in an attempt's folder. Read by the executor to tell a live runner from a dead one. */
export interface RunnerRecord {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly instance: string;
}

/** The agent's user may come through the folder, and reads nothing of ours. */
const ownFile = 0o600;

/**
 * Takes the folder for this process by making `runner.json` in it, which only the first can do.
 * @returns false when another runner of this attempt is or was here
 * @throws UsageError when nothing can be written there
 */
export const takeAttempt = async (folder: string, record: RunnerRecord): Promise<boolean> => {
  try {
    await writeFile(join(folder, "runner.json"), `${JSON.stringify(record)}\n`, {
      flag: "wx",
      mode: ownFile,
    });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`AI_IMPLEMENT_ATTEMPT_DIR has to be a folder that the runner may write: ${why}`);
  }
};

/** The exact body of the result request; whoever finds it beside a dead runner can deliver it (§8.4). */
export const writeReport = (folder: string, result: ResultRequest): Promise<void> =>
  writeWhole(join(folder, "report.json"), `${JSON.stringify(result)}\n`);

/** Under another name first: a reader sees the whole file or none. */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  const partial = `${path}.partial`;
  // Made anew: a link that a repository or an agent put there would lead what we write elsewhere.
  await rm(partial, { force: true });
  await writeFile(partial, text, { flag: "wx", flush: true, mode: ownFile });
  await rename(partial, path);
};

/**
 * The rooms of an attempt, the ones that have to exist made. Home, temporary folder and workspace are the agent's; they
 * are elsewhere where its user may not come through to the attempt's folder.
 * @throws Error where they cannot be made
 */
export const attemptFolders = async (
  own: string,
  runId: string,
  sandbox: Sandbox,
  path: string,
): Promise<Folders> => {
  const rooms = await roomsFor(own, runId, sandbox, path);
  const folders: Folders = {
    own,
    workspace: join(rooms, "workspace"),
    gitDirectory: join(own, "repository.git"),
    home: join(rooms, "home"),
    temporary: join(rooms, "tmp"),
  };
  for (const room of [folders.home, folders.temporary]) {
    await mkdir(room, { recursive: true, mode: 0o700 });
    await sandbox.give(room);
  }
  return folders;
};

const roomsFor = async (own: string, runId: string, sandbox: Sandbox, path: string): Promise<string> => {
  if (sandbox.isolation.user === "shared") return own;
  // To come through, not to look around.
  await chmod(own, 0o711);
  if (await mayEnter(own, sandbox, path)) return own;
  const rooms = agentRooms(runId);
  // Not "recursive": whoever made it before us would have made it for a reason.
  await mkdir(rooms, { mode: 0o700 });
  // It stays ours: in a folder of its own, the agent could put a link to any folder in the place of its workspace, and we
  // would look for its work there.
  await chmod(rooms, 0o711);
  return rooms;
};

/** By really trying: what a folder's parents permit is told by more than their modes. */
const mayEnter = async (folder: string, sandbox: Sandbox, path: string): Promise<boolean> =>
  succeeded(
    await startInside(sandbox, {
      command: "test",
      arguments: ["-d", `${folder}/.`],
      directory: "/",
      environment: { PATH: path },
      timeoutMs: 10_000,
      signal: new AbortController().signal,
      maxOutput: 1_000,
      keep: "head",
    }),
  );
