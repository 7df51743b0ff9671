import type { ColumnBuilderCallback } from "kysely";

/**
 * Where the engines behind the one schema differ (§16). Everything else in this folder is written once: a second
 * engine is a folder beside `sqlite/` that opens a Kysely and declares this.
 */
export interface Engine {
  /** The primary key that the engine counts up itself; an id is never given twice. */
  readonly idColumn: { readonly type: "integer" | "bigserial"; readonly define: ColumnBuilderCallback };
  /** True: several processes take effects at once, each passing over the rows that another one is taking. */
  readonly skipsLockedRows: boolean;
}
