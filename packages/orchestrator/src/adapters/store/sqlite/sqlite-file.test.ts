import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aProject, aTime } from "../../../core/testing/builders.ts";
import { migrate } from "../shared/migrate.ts";
import type { Database } from "../shared/schema.ts";
import { openForWriting } from "./open-for-writing.ts";
import { SharedFileDialect } from "./sqlite-dialect.ts";
import { sqliteEngine } from "./sqlite-engine.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { makeTemporaryDatabase, type TemporaryDatabase } from "./testing/temporary-database.ts";

const clock = { now: () => aTime };
let database: TemporaryDatabase;
beforeEach(async () => {
  database = await makeTemporaryDatabase();
});
afterEach(() => database.remove());

const open = (path = database.path) => openSqliteStore({ path, clock });
const look = (path = database.path) => openSqliteStore({ path, clock, openReadOnly: true });

describe("the SQLite file (§16)", () => {
  it("is written through a write-ahead log, synced at every commit, with foreign keys", async () => {
    const handle = openForWriting(database.path, 1_234);
    const pragma = (name: string) => handle.pragma(name, { simple: true });
    expect(pragma("journal_mode")).toBe("wal");
    expect(pragma("synchronous")).toBe(2);
    expect(pragma("foreign_keys")).toBe(1);
    expect(pragma("busy_timeout")).toBe(1_234);
    handle.close();
  });

  it("can be read by its owner alone, as it holds the key of the run tokens (§11.1)", async () => {
    const { store } = await open();
    await store.createProject(aProject());
    for (const suffix of ["", "-wal", "-shm"])
      expect((await stat(`${database.path}${suffix}`)).mode & 0o777, suffix).toBe(0o600);
    await store.close();
  });

  it("is read while another process writes", async () => {
    const { store } = await open();
    const other = new Sqlite(database.path, { timeout: 0 });
    await store.createProject(aProject());
    other.exec("begin immediate");
    expect(await store.listProjects()).toHaveLength(1);
    expect((await store.dispatchFacts(aTime)).liveRuns).toEqual([]);
    other.exec("commit");
    other.close();
    await store.close();
  });

  it("takes a migration once, run twice", async () => {
    const handle = new Sqlite(database.path);
    const db = new Kysely<Database>({ dialect: new SharedFileDialect({ database: handle }) });
    await migrate(db, sqliteEngine);
    const schema = () => handle.prepare("select name, sql from sqlite_master order by name").all();
    const before = schema();
    await migrate(db, sqliteEngine);
    expect(schema()).toEqual(before);
    expect(handle.prepare("select name from kysely_migration").all()).toEqual([
      { name: "0001-initial" },
      { name: "0002-webhook-deliveries" },
      { name: "0003-receiver-per-vendor" },
      { name: "0004-review-feedback" },
      { name: "0005-file-approvals" },
    ]);
    await db.destroy();
  });
});

describe("a migration that fails", () => {
  it("changes nothing of the file", async () => {
    const handle = new Sqlite(database.path);
    handle.exec("create table settings (somebody text)");
    await expect(open()).rejects.toThrow(/cannot be opened: table "settings" already exists/);
    const tables = "select name from sqlite_master where type = 'table' and name not like 'kysely%'";
    expect(handle.prepare(tables).all()).toEqual([{ name: "settings" }]);
    handle.close();
  });
});

describe("a database that cannot be opened (§4.1)", () => {
  const refuses = async (path: string, ...words: readonly (string | RegExp)[]) => {
    const error: unknown = await open(path).catch((reason: unknown) => reason);
    if (!(error instanceof Error)) throw new Error("it opened");
    for (const word of [path, "DEDUP_DB_PATH", ...words]) expect(error.message).toMatch(word);
  };

  it("because its folder is missing, names the folder and is not made elsewhere", async () => {
    await refuses(join(database.folder, "missing", "dedup.sqlite"), "does not exist: make it");
    expect(await readdir(database.folder)).toEqual([]);
  });

  it("because its folder is read-only, asks for write permission", async () => {
    // Nobody can make a file in /proc; elsewhere root could, whatever the folder's mode.
    const root = process.getuid?.() === 0;
    if (!root) await chmod(database.folder, 0o555);
    await refuses(root ? "/proc/dedup.sqlite" : database.path, "write permission");
    if (!root) await chmod(database.folder, 0o755);
  });

  it("because the path is a folder, says so", async () => {
    await mkdir(database.path);
    await refuses(database.path, "is a folder");
  });

  it("because the file is something else, leaves it alone", async () => {
    const letter = "This is a letter, and a long one, and no database at all.".repeat(20);
    await writeFile(database.path, letter);
    await refuses(database.path, "is not a SQLite database");
    expect(await readFile(database.path, "utf8")).toBe(letter);
  });

  it("because a newer program wrote it, changes nothing", async () => {
    await (await open()).store.close();
    const handle = new Sqlite(database.path);
    handle.exec("insert into kysely_migration values ('9999-future', '2030-01-01T00:00:00.000Z')");
    handle.close();
    await refuses(database.path, "newer version of AI-Implement");
    await expect(look()).rejects.toThrow("newer version of AI-Implement");
  });
});

describe("a look that changes nothing (§6 dry run)", () => {
  it("reads a database that does not exist as an empty one, and makes none", async () => {
    const { store } = await look();
    expect(await store.listProjects()).toEqual([]);
    expect((await store.dispatchFacts(aTime)).histories.size).toBe(0);
    await store.close();
    const nowhere = await look(join(database.folder, "missing", "dedup.sqlite"));
    await nowhere.store.close();
    expect(await readdir(database.folder)).toEqual([]);
  });

  it("reads a closed database and leaves no file beside it", async () => {
    const { store } = await open();
    await store.createProject(aProject());
    await store.close();
    expect(await readdir(database.folder)).toEqual(["dedup.sqlite"]);
    const before = await readFile(database.path);
    const reader = await look();
    expect((await reader.store.listProjects()).map(({ value }) => value)).toEqual([aProject()]);
    await reader.store.close();
    expect(await readdir(database.folder)).toEqual(["dedup.sqlite"]);
    expect((await readFile(database.path)).equals(before)).toBe(true);
  });

  it("reads what a running service has committed so far", async () => {
    const { store } = await open();
    await store.createProject(aProject());
    const reader = await look();
    expect(await reader.store.listProjects()).toHaveLength(1);
    await store.createProject(aProject({ key: "SHOP" }));
    expect(await reader.store.listProjects()).toHaveLength(2);
    await reader.store.close();
    await store.close();
  });

  it("brings an older database up to date in memory only, and leaves one that is in use alone", async () => {
    // The oldest database there is: made, and not migrated yet.
    openForWriting(database.path, 0).close();
    await (await look()).store.close();
    const older = openForWriting(database.path, 0);
    older.exec("create table unrelated (id integer)");
    await expect(look()).rejects.toThrow(/older version .* start this version/);
    expect(older.prepare("select name from sqlite_master").all()).toEqual([{ name: "unrelated" }]);
    older.close();
  });

  it("refuses every write", async () => {
    const missing = await look();
    await expect(missing.store.createProject(aProject())).rejects.toThrow(/readonly/);
    await missing.store.close();
    const { store } = await open();
    const beside = await look();
    await expect(beside.store.commit({ resets: [{ ticketId: "t", at: 1 }] })).rejects.toThrow(/readonly/);
    await beside.store.close();
    await store.close();
  });
});
