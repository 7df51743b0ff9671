import { sql } from "kysely";
import type { Receiver } from "../../../core/runs/effects.ts";
import type { Instant } from "../../../core/time.ts";
import type { EffectQueue, EffectRecord } from "../../../ports/store.ts";
import { toEffectRecord } from "./effect-row.ts";
import type { Engine } from "./engine.ts";
import type { Db } from "./schema.ts";
import { toNumberOrNull } from "./values.ts";

/** Delivery in order: of a lane, only its head may go, and where the head waits the whole lane does (§9). */
export const createEffectQueue = (db: Db, engine: Engine): EffectQueue => ({
  take: (now, until, limit, receivers) =>
    db.transaction().execute((transaction) => take(transaction, engine, now, until, limit, receivers)),

  postpone: async (id, until, error, counts) => {
    await pending(db, id)
      .set((effect) => ({
        next_at: until,
        held_until: null,
        last_error: error,
        attempts: effect("attempts", "-", counts ? 0 : 1),
      }))
      .execute();
  },
  abandon: async (id, at, error) => {
    await pending(db, id).set({ abandoned_at: at, held_until: null, last_error: error }).execute();
  },

  nextDue: async (receivers) => {
    let heads = db
      .selectFrom("effects")
      .select(
        sql<number | string | null>`min(case when held_until > next_at then held_until else next_at end)`.as(
          "due",
        ),
      )
      .where("id", "in", laneHeads(db));
    if (receivers !== undefined) heads = heads.where("receiver", "in", receivers);
    const row = await heads.executeTakeFirstOrThrow();
    return toNumberOrNull(row.due);
  },

  overdue: async (before, limit) => {
    const rows = await undelivered(db)
      .selectAll()
      .where("created_at", "<", before)
      .orderBy("id")
      .limit(limit)
      .execute();
    return rows.map(toEffectRecord);
  },

  releaseAll: async () => {
    await db
      .updateTable("effects")
      .set({ held_until: null })
      .where("delivered_at", "is", null)
      .where("abandoned_at", "is", null)
      .where("held_until", "is not", null)
      .execute();
  },
});

/** Neither delivered nor given up; word for word the condition of the index. */
export const undelivered = (db: Db) =>
  db.selectFrom("effects").where("delivered_at", "is", null).where("abandoned_at", "is", null);

const laneHeads = (db: Db) =>
  undelivered(db)
    .select(({ fn }) => fn.min("id").as("id"))
    .groupBy(["ticket_id", "receiver"]);

const pending = (db: Db, id: number) =>
  db
    .updateTable("effects")
    .where("id", "=", id)
    .where("delivered_at", "is", null)
    .where("abandoned_at", "is", null);

const take = async (
  db: Db,
  engine: Engine,
  now: Instant,
  until: Instant,
  limit: number,
  receivers: readonly Receiver[] | undefined,
): Promise<readonly EffectRecord[]> => {
  let heads = undelivered(db)
    .select(["id", sql<number>`row_number() over (partition by receiver order by id)`.as("place")])
    .where("id", "in", laneHeads(db))
    .where("next_at", "<=", now)
    .where((effect) => effect.or([effect("held_until", "is", null), effect("held_until", "<=", now)]));
  if (receivers !== undefined) heads = heads.where("receiver", "in", receivers);
  const due = await db
    .selectFrom("effects")
    .selectAll()
    .where("id", "in", db.selectFrom(heads.as("heads")).select("id").where("place", "<=", limit))
    .orderBy("id")
    .$if(engine.skipsLockedRows, (query) => query.forUpdate().skipLocked())
    .execute();
  if (due.length === 0) return [];
  await db
    .updateTable("effects")
    .set((effect) => ({ attempts: effect("attempts", "+", 1), held_until: until }))
    .where(
      "id",
      "in",
      due.map(({ id }) => Number(id)),
    )
    .execute();
  return due.map((row) => toEffectRecord({ ...row, attempts: row.attempts + 1 }));
};
