import { DEFAULT_MIGRATION_TABLE, type Kysely, Migrator } from "kysely";
import type { Engine } from "./engine.ts";
import { migrations } from "./migrations/migrations.ts";
import type { Db } from "./schema.ts";

/** How the schema of a database stands against the one this program knows. */
type SchemaState = "empty" | "older" | "current" | "newer";

/** The database was migrated by a later version: this one would misread it. */
export class NewerSchemaError extends Error {
  override readonly name = "NewerSchemaError";
}

/** The database was migrated by an earlier version, and may not be migrated now. */
export class OlderSchemaError extends Error {
  override readonly name = "OlderSchemaError";
}

const schemaState = async (db: Db, engine: Engine): Promise<SchemaState> => {
  const applied = await appliedMigrations(db);
  const known = Object.keys(migrations(engine));
  if (applied.some((name) => !known.includes(name))) return "newer";
  if (applied.length === 0) return "empty";
  return applied.length < known.length ? "older" : "current";
};

/**
 * Brings the schema up to date, in one transaction and under the engine's migration lock (§16): run twice, or by
 * several processes at once, it happens once.
 * @throws NewerSchemaError
 */
export const migrate = async (db: Db, engine: Engine): Promise<void> => {
  if ((await schemaState(db, engine)) === "newer")
    throw new NewerSchemaError("The database was written by a newer version of AI-Implement.");
  const provider = { getMigrations: async () => ({ ...migrations(engine) }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
};

/** Reads only. @throws NewerSchemaError, OlderSchemaError */
export const requireCurrentSchema = async (db: Db, engine: Engine): Promise<void> => {
  const state = await schemaState(db, engine);
  if (state === "newer")
    throw new NewerSchemaError("The database was written by a newer version of AI-Implement.");
  if (state !== "current")
    throw new OlderSchemaError("The database was written by an older version of AI-Implement.");
};

const appliedMigrations = async (db: Db): Promise<readonly string[]> => {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return [];
  const bookkeeping: Kysely<{ [DEFAULT_MIGRATION_TABLE]: { name: string } }> = db.withTables();
  const rows = await bookkeeping.selectFrom(DEFAULT_MIGRATION_TABLE).select("name").execute();
  return rows.map(({ name }) => name);
};
