import { existsSync, readFileSync } from "node:fs";
import Sqlite from "better-sqlite3";

export interface Reading {
  readonly handle: Sqlite.Database;
  /** True: nobody else sees this database, so it can be migrated before it is read. */
  readonly isCopy: boolean;
}

/**
 * A database that nobody has open is read from a copy in memory: SQLite itself would leave `-wal` and `-shm` files
 * beside it, owned by whoever looked, and a service of another user could then not start. While a service has it
 * open, or after one was killed, those files are there; then SQLite reads in place.
 */
export const openForReading = (path: string, timeout: number): Reading => {
  if (!existsSync(path)) return inMemory();
  if (!existsSync(`${path}-wal`)) {
    const content = readFileSync(path);
    // Had a service started meanwhile, the bytes could be of two moments.
    if (!existsSync(`${path}-wal`)) return content.length === 0 ? inMemory() : copyOf(content);
  }
  return { handle: new Sqlite(path, { readonly: true, fileMustExist: true, timeout }), isCopy: false };
};

const inMemory = (): Reading => ({ handle: new Sqlite(":memory:"), isCopy: true });

/** Where the header of a database file says 2 for WAL and 1 for a rollback journal (https://www.sqlite.org/fileformat.html). */
const formatVersionBytes = [18, 19];

/** A database in memory has no files, so it cannot have a write-ahead log either. */
const copyOf = (content: Buffer): Reading => {
  for (const position of formatVersionBytes) if (content[position] === 2) content[position] = 1;
  return { handle: new Sqlite(content), isCopy: true };
};
