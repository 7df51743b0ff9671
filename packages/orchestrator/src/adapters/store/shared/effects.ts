import type { EffectIntent } from "../../../core/runs/effects.ts";
import type { Instant } from "../../../core/time.ts";
import { toNewEffectRow } from "./effect-row.ts";
import type { Db } from "./schema.ts";
import { inBatches } from "./values.ts";

/** In their order, which is the order of delivery. A key that is already there is left as it is. */
export const addEffects = (db: Db, intents: readonly EffectIntent[], now: Instant): Promise<void> =>
  inBatches(intents, (batch) =>
    db
      .insertInto("effects")
      .values(batch.map((intent) => toNewEffectRow(intent, now)))
      .onConflict((conflict) => conflict.column("key").doNothing())
      .execute(),
  );

export const markDelivered = async (
  db: Db,
  { id, at }: { readonly id: number; readonly at: Instant },
): Promise<void> => {
  await db
    .updateTable("effects")
    .set({ delivered_at: at, held_until: null })
    .where("id", "=", id)
    .where("delivered_at", "is", null)
    .execute();
};
