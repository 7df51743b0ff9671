import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aRunId, aTime } from "../../../core/testing/builders.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { makeTemporaryDatabase, type TemporaryDatabase } from "./testing/temporary-database.ts";

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

let database: TemporaryDatabase;
let program: string;

beforeEach(async () => {
  database = await makeTemporaryDatabase();
  program = join(database.folder, "store-process.cjs");
  await build({
    entryPoints: [fileURLToPath(new URL("./testing/store-process.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["better-sqlite3"],
    logLevel: "silent",
  });
});
afterEach(() => database.remove());

const packages = join(dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json")), "..");

const run = (...action: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { env: { ...process.env, NODE_PATH: packages }, timeout: 30_000 };
    const child = execFile(
      process.execPath,
      [program, database.path, ...action],
      options,
      (_error, out, err) =>
        resolve({ code: child.exitCode, signal: child.signalCode, output: `${out}${err}`.trim() }),
    );
  });

describe("several processes on one SQLite file (§16)", () => {
  it("migrate it once, and admit a ticket once (§1.1)", async () => {
    const runs = await Promise.all(["1", "2", "3", "4"].map((n) => run("admit", n)));
    expect(runs.map(({ output }) => output.split(" ")[0]).toSorted()).toEqual([
      "committed",
      "conflict",
      "conflict",
      "conflict",
    ]);
    const handle = new Sqlite(database.path, { readonly: true });
    expect(handle.prepare("select name from kysely_migration").all()).toEqual([
      { name: "0001-initial" },
      { name: "0002-webhook-deliveries" },
      { name: "0003-receiver-per-vendor" },
      { name: "0004-review-feedback" },
      { name: "0005-file-approvals" },
    ]);
    expect(handle.prepare("select count(*) as runs from runs").get()).toEqual({ runs: 1 });
    handle.close();
  });

  it("lose nothing that was committed when one is killed", async () => {
    expect(await run("die")).toMatchObject({ signal: "SIGKILL", output: `committed ${aRunId(1)}` });
    for (const openReadOnly of [true, false]) {
      const { store } = await openSqliteStore({ path: database.path, openReadOnly });
      expect((await store.listLiveRuns()).map(({ value }) => value.id)).toEqual([aRunId(1)]);
      expect(await store.listLeases(aTime)).toHaveLength(1);
      expect(await store.effects.overdue(Date.now(), 10)).toHaveLength(2);
      await store.close();
    }
  });
});
