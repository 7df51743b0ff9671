import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type Sqlite from "better-sqlite3";
import { Kysely } from "kysely";
import type { Clock } from "../../../ports/clock.ts";
import type { LocalPullRequests } from "../../../ports/local-pull-requests.ts";
import type { Store } from "../../../ports/store.ts";
import { createStore } from "../shared/create-store.ts";
import { createLocalPullRequests } from "../shared/local-pull-requests.ts";
import { migrate, requireCurrentSchema } from "../shared/migrate.ts";
import type { Database, Db } from "../shared/schema.ts";
import { openError } from "./open-error.ts";
import { openForReading } from "./open-for-reading.ts";
import { openForWriting } from "./open-for-writing.ts";
import { SharedFileDialect } from "./sqlite-dialect.ts";
import { sqliteEngine } from "./sqlite-engine.ts";

export interface SqliteStoreOptions {
  /** Of the database file, which is made where there is none. Its folder has to exist. */
  readonly path: string;
  /** Says when an effect was recorded. Default: the system's. */
  readonly clock?: Clock;
  /**
   * For a look that changes nothing: no file is made, migrated or written. A database that does not exist yet reads as
   * an empty one. Every write throws.
   */
  readonly openReadOnly?: boolean;
}

export interface SqliteStores {
  readonly store: Store;
  /** On the same connection: closing the store closes it as well. */
  readonly localPullRequests: LocalPullRequests;
}

/** How long a statement waits for another process that writes, in ms. Nothing else runs here meanwhile. */
const busyTimeoutMs = 5_000;

/**
 * The store in one SQLite file (§16), migrated: WAL, `synchronous=FULL`, foreign keys, one connection.
 * @throws Error that names the file, the setting and the fix
 */
export const openSqliteStore = async ({
  path: asked,
  clock = { now: () => Date.now() },
  openReadOnly = false,
}: SqliteStoreOptions): Promise<SqliteStores> => {
  const path = resolve(asked);
  requireFolder(path, openReadOnly);
  try {
    const db = await (openReadOnly ? readableDatabase(path) : writableDatabase(path));
    return {
      store: createStore({ db, engine: sqliteEngine, clock }),
      localPullRequests: createLocalPullRequests(db),
    };
  } catch (error) {
    throw openError(path, error);
  }
};

const requireFolder = (path: string, openReadOnly: boolean): void => {
  const folder = dirname(path);
  if (!openReadOnly && !existsSync(folder))
    throw new Error(
      `The folder ${folder} of the database file ${path} does not exist: make it, or point DEDUP_DB_PATH at a file in a folder that does`,
    );
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new Error(
      `The database path ${path} leads through ${folder}, which is not a folder: point DEDUP_DB_PATH at a file in a folder`,
    );
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new Error(
      `The database path ${path} is a folder: point DEDUP_DB_PATH at a file, such as ${path}/dedup.sqlite`,
    );
};

const writableDatabase = (path: string): Promise<Db> =>
  prepared(openForWriting(path, busyTimeoutMs), (db) => migrate(db, sqliteEngine));

const readableDatabase = (path: string): Promise<Db> => {
  const { handle, isCopy } = openForReading(path, busyTimeoutMs);
  return prepared(handle, async (db) => {
    await (isCopy ? migrate(db, sqliteEngine) : requireCurrentSchema(db, sqliteEngine));
    handle.pragma("query_only = on");
  });
};

/** A handle whose database cannot be made ready is closed again. */
const prepared = async (handle: Sqlite.Database, prepare: (db: Db) => Promise<void>): Promise<Db> => {
  const db = new Kysely<Database>({ dialect: new SharedFileDialect({ database: handle }) });
  try {
    await prepare(db);
    return db;
  } catch (error) {
    handle.close();
    throw error;
  }
};
