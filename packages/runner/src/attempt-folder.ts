import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ResultRequest } from "@ai-implement/contracts";
import type { Folders } from "./pipeline/step.ts";
import { UsageError } from "./usage-error.ts";

/** Who works in an attempt's folder. Read by the executor to tell a live runner from a dead one. */
export interface RunnerRecord {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly instance: string;
}

/**
 * Takes the folder for this process by making `runner.json` in it, which only the first can do.
 * @returns false when another runner of this attempt is or was here
 * @throws UsageError when nothing can be written there
 */
export const takeAttempt = async (folder: string, record: RunnerRecord): Promise<boolean> => {
  try {
    await writeFile(join(folder, "runner.json"), `${JSON.stringify(record)}\n`, { flag: "wx" });
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
  await writeFile(partial, text, { flag: "wx", flush: true });
  await rename(partial, path);
};

/** The rooms of an attempt, the ones that have to exist made. */
export const attemptFolders = async (own: string): Promise<Folders> => {
  const folders: Folders = {
    own,
    workspace: join(own, "workspace"),
    gitDirectory: join(own, "repository.git"),
    home: join(own, "home"),
    temporary: join(own, "tmp"),
  };
  await mkdir(folders.home, { recursive: true });
  await mkdir(folders.temporary, { recursive: true });
  return folders;
};
