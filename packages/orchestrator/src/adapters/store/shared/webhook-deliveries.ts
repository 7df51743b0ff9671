import type { Instant } from "../../../core/time.ts";
import type { Db } from "./schema.ts";

/** One statement, so that of two who bring the same delivery at once only one is told that it is new. */
export const rememberDelivery = async (
  db: Db,
  vendor: string,
  deliveryId: string,
  at: Instant,
): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("webhook_deliveries")
    .values({ vendor, delivery_id: deliveryId, received_at: at })
    .onConflict((conflict) => conflict.columns(["vendor", "delivery_id"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
};

export const forgetDeliveries = async (db: Db, before: Instant): Promise<void> => {
  await db.deleteFrom("webhook_deliveries").where("received_at", "<", before).execute();
};
