import { readdir, stat } from "node:fs/promises";
import { hours, type Instant } from "../../../core/time.ts";
import { attemptFolder, errorCode, isRunId } from "./attempt-folder.ts";
import { membersOf } from "./attempt-processes.ts";
import type { ProcessTable } from "./process-table.ts";
import { removeFolder } from "./remove-folder.ts";

/** How long the logs and results of ended attempts are kept. */
const retentionMs = hours(24 * 14);

/** Removes the folders of attempts that ended more than 14 days ago, and says which. Anything else stays. */
export const sweepAttempts = async (
  directory: string,
  table: ProcessTable,
  now: Instant,
): Promise<readonly string[]> => {
  const removed: string[] = [];
  const problems: unknown[] = [];
  for (const name of (await namesIn(directory)).filter(isRunId)) {
    const folder = attemptFolder(directory, name);
    const times = await Promise.all([folder.path, folder.log, folder.report].map(changedAt));
    if (now - Math.max(...times) < retentionMs) continue;
    if ((await membersOf(folder, table)).length > 0) continue;
    try {
      for (const path of [folder.rooms, folder.path]) await removeFolder(path);
      removed.push(name);
    } catch (error) {
      problems.push(error);
    }
  }
  // What cannot be removed must not keep all that comes after it.
  if (problems.length > 0)
    throw new AggregateError(problems, `${problems.length} folders of ended attempts cannot be removed.`);
  return removed;
};

const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return await readdir(directory);
  } catch (error) {
    // Nothing was ever dispatched here.
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
};

const changedAt = async (path: string): Promise<Instant> => {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return 0;
    throw error;
  }
};
