import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Kills the runners that outlived their service, which is what they are made for: a test that ends early has nobody
 * to adopt them. Each leads a process group of its own.
 */
export const killRunners = async (attemptsDirectory: string): Promise<void> => {
  for (const runId of await namesIn(attemptsDirectory)) {
    const attempt = join(attemptsDirectory, runId);
    const files = await namesIn(attempt);
    if (!files.includes("process.json") || files.includes("exit.json")) continue;
    const { pid } = JSON.parse(await readFile(join(attempt, "process.json"), "utf8")) as { pid: number };
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
};

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch {
    // No attempt was ever made.
    return [];
  }
};
