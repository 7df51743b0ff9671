import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import { errorCode } from "./error-code.ts";

/**
 * Temporary file, fsync, rename, fsync of the folder: a crash leaves the old file or the new one.
 * @returns false, and nothing written, where `unchanged` says no.
 */
export const replaceFile = async (
  path: string,
  bytes: Buffer,
  unchanged: () => Promise<boolean>,
): Promise<boolean> => {
  const directory = dirname(path);
  // One writer per ticket, so one name: what a crash leaves behind, the next write removes.
  const temporary = `${path}.tmp`;
  try {
    await mkdir(directory, { recursive: true });
    await rm(temporary, { force: true });
    await writeDurably(temporary, bytes);
    if (!(await unchanged())) return false;
    await rename(temporary, path);
    await syncDirectory(directory);
    return true;
  } catch (error) {
    throw new DeliveryError(
      `${path} cannot be written (${errorCode(error)}): let the orchestrator's user write to that folder, and make room on the disk.`,
      { retryable: true, cause: error },
    );
  } finally {
    await rm(temporary, { force: true });
  }
};

const writeDurably = async (path: string, bytes: Buffer): Promise<void> => {
  const handle = await open(path, "wx", 0o644);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
