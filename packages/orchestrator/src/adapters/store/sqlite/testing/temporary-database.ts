import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestDatabase } from "../../contract/test-database.ts";
import { openSqliteStore } from "../sqlite-store.ts";

/** A folder of a test's own with no database in it yet. */
export interface TemporaryDatabase extends TestDatabase {
  readonly folder: string;
  readonly path: string;
}

export const makeTemporaryDatabase = async (): Promise<TemporaryDatabase> => {
  const folder = await mkdtemp(join(tmpdir(), "ai-implement-store-"));
  const path = join(folder, "dedup.sqlite");
  return {
    folder,
    path,
    open: (clock) => openSqliteStore({ path, clock }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
