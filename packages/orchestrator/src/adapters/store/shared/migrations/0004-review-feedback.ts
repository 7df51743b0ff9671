import type { Kysely, Migration } from "kysely";

/** Frozen: a later change of the schema is a new file. */
export const reviewFeedback = (): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable("feedback")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("received_at", "bigint", (column) => column.notNull())
      .addColumn("ready_at", "bigint", (column) => column.notNull())
      // Without a foreign key: what a person said outlives the run that it was given to.
      .addColumn("run_id", "text")
      .addColumn("content", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex("feedback_by_ticket")
      .on("feedback")
      .columns(["ticket_id", "received_at", "id"])
      .execute();
    await db.schema.alterTable("pull_requests").addColumn("remarks_seen_at", "bigint").execute();
    await db.schema.createIndex("pull_requests_by_number").on("pull_requests").column("number").execute();
  },
});
