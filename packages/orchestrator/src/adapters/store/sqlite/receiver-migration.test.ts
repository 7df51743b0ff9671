import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, Migrator } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dispatchAttempt, setStage } from "../../../core/runs/effects.ts";
import { aRun, aTime } from "../../../core/testing/builders.ts";
import { toNewEffectRow } from "../shared/effect-row.ts";
import { migrations } from "../shared/migrations/migrations.ts";
import type { Database } from "../shared/schema.ts";
import { openForWriting } from "./open-for-writing.ts";
import { SharedFileDialect } from "./sqlite-dialect.ts";
import { sqliteEngine } from "./sqlite-engine.ts";
import { openSqliteStore } from "./sqlite-store.ts";

describe("a database of the time before receivers were vendors (§16)", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "receivers-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("loses no effect that waited: each is taken for its own vendor", async () => {
    const path = join(folder, "old.sqlite");
    const db = new Kysely<Database>({
      dialect: new SharedFileDialect({ database: openForWriting(path, 5_000) }),
    });
    const provider = { getMigrations: async () => ({ ...migrations(sqliteEngine) }) };
    await new Migrator({ db, provider }).migrateTo("0002-webhook-deliveries");
    const [dispatch, stage] = [dispatchAttempt(aRun()), setStage(aRun(), "planning")];
    const old = [
      { ...toNewEffectRow(dispatch, aTime), receiver: "executor", run_id: null },
      { ...toNewEffectRow(stage, aTime), receiver: "tracker", run_id: null },
    ];
    // What a row of that time held is no receiver of today's.
    for (const row of old)
      await db
        .insertInto("effects")
        .values(row as never)
        .execute();
    await db.destroy();

    const { store } = await openSqliteStore({ path });
    const taken = await store.effects.take(aTime, aTime + 1, 10);
    expect(taken.map(({ receiver, key }) => [receiver, key])).toEqual([
      ["executor:process", dispatch.key],
      ["tracker:linear", stage.key],
    ]);
    await store.close();
  });
});
