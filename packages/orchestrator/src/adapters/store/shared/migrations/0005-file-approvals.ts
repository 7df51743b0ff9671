import type { Kysely, Migration } from "kysely";

/** Frozen: a later change of the schema is a new file. */
export const fileApprovals = (): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable("file_approvals")
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("path", "text", (column) => column.notNull())
      .addColumn("approved_at", "bigint", (column) => column.notNull())
      .addColumn("approved_by", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("file_approvals_key", ["ticket_id", "path"])
      .execute();
  },
});
