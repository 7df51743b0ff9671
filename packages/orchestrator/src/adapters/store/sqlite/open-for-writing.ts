import { closeSync, openSync } from "node:fs";
import Sqlite from "better-sqlite3";

/**
 * The file as §16 wants it: a write-ahead log, so that readers and the one writer do not wait for each other; synced
 * at every commit, so that what was answered survives a power cut; foreign keys, which SQLite leaves off by itself.
 */
export const openForWriting = (path: string, timeout: number): Sqlite.Database => {
  makePrivate(path);
  const handle = new Sqlite(path, { timeout });
  try {
    const mode = handle.pragma("journal_mode = wal", { simple: true });
    if (mode !== "wal")
      throw new Error(
        `its file system does not allow SQLite's write-ahead log (journal_mode is ${String(mode)})`,
      );
    handle.pragma("synchronous = full");
    handle.pragma("foreign_keys = on");
    return handle;
  } catch (error) {
    handle.close();
    throw error;
  }
};

/** It holds tickets and the key of the run tokens. SQLite gives its log and index the mode of the file itself. */
const makePrivate = (path: string): void => {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // One that is there keeps the mode that its owner gave it; why it cannot be made, SQLite says next.
  }
};
