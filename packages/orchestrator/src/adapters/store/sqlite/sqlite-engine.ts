import type { Engine } from "../shared/engine.ts";

export const sqliteEngine: Engine = {
  // AUTOINCREMENT: SQLite would otherwise give the id of a deleted last row again.
  idColumn: { type: "integer", define: (column) => column.primaryKey().autoIncrement() },
  // One writer: whoever takes effects has the whole database to itself meanwhile.
  skipsLockedRows: false,
};
