import type { Kysely, Migration } from "kysely";

/** Frozen: a later change of the schema is a new file. */
export const webhookDeliveries = (): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable("webhook_deliveries")
      .addColumn("vendor", "text", (column) => column.notNull())
      .addColumn("delivery_id", "text", (column) => column.notNull())
      .addColumn("received_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("webhook_deliveries_key", ["vendor", "delivery_id"])
      .execute();
    await db.schema
      .createIndex("webhook_deliveries_by_received_at")
      .on("webhook_deliveries")
      .columns(["received_at"])
      .execute();
  },
});
