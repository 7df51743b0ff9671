import { type Kysely, type Migration, sql } from "kysely";
import type { Engine } from "../engine.ts";

/** Frozen: a later change of the schema is a new file. So nothing here is imported from code that can change. */
export const initial = ({ idColumn }: Engine): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await runTable(db);
    await runPartTables(db, idColumn);
    await effectTable(db, idColumn);
    await ticketTables(db);
    await pullRequestTables(db, idColumn);
    await otherTables(db);
  },
});

type IdColumn = Engine["idColumn"];

const runTable = async (db: Kysely<unknown>): Promise<void> => {
  await db.schema
    .createTable("runs")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("ticket_id", "text", (column) => column.notNull())
    .addColumn("project_key", "text", (column) => column.notNull())
    .addColumn("phase", "text", (column) => column.notNull())
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("try_number", "integer", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("admitted_at", "bigint", (column) => column.notNull())
    .addColumn("ended_at", "bigint")
    .addColumn("cost_usd", "double precision")
    .addColumn("reserved_usd", "double precision", (column) => column.notNull())
    .addColumn("scope_key", "text", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("activity", "text")
    .addColumn("failure", "text")
    .addUniqueConstraint("runs_ticket_phase_attempt", ["ticket_id", "phase", "attempt"])
    .execute();
  const live = sql<boolean>`state in ('queued', 'dispatching', 'running')`;
  await db.schema
    .createIndex("runs_one_live_per_ticket")
    .unique()
    .on("runs")
    .column("ticket_id")
    .where(live)
    .execute();
  await db.schema.createIndex("runs_live").on("runs").columns(["admitted_at", "id"]).where(live).execute();
  await index(db, "runs", ["ticket_id", "admitted_at", "id"]);
  await index(db, "runs", ["admitted_at", "id"]);
  await index(db, "runs", ["project_key", "admitted_at", "id"]);
  await index(db, "runs", ["project_key", "ended_at", "cost_usd"]);
};

const runPartTables = async (db: Kysely<unknown>, idColumn: IdColumn): Promise<void> => {
  await db.schema
    .createTable("run_contents")
    .addColumn("run_id", "text", (column) => column.primaryKey().references("runs.id").onDelete("cascade"))
    .addColumn("ticket", "text", (column) => column.notNull())
    .addColumn("details", "text", (column) => column.notNull())
    .addColumn("ticket_content", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("run_steps")
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("step_index", "integer", (column) => column.notNull())
    .addColumn("step", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("run_steps_key", ["run_id", "step_index"])
    .execute();
  await db.schema
    .createTable("run_history")
    .addColumn("id", idColumn.type, idColumn.define)
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("event", "text", (column) => column.notNull())
    .addColumn("cause", "text", (column) => column.notNull())
    .addColumn("applied", "integer", (column) => column.notNull())
    .execute();
  await index(db, "run_history", ["run_id", "id"]);
  await db.schema
    .createTable("leases")
    .addColumn("ticket_id", "text", (column) => column.notNull())
    .addColumn("phase", "text", (column) => column.notNull())
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("until", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("leases_key", ["ticket_id", "phase"])
    .execute();
  await index(db, "leases", ["run_id"]);
};

const effectTable = async (db: Kysely<unknown>, idColumn: IdColumn): Promise<void> => {
  await db.schema
    .createTable("effects")
    .addColumn("id", idColumn.type, idColumn.define)
    .addColumn("key", "text", (column) => column.notNull().unique())
    .addColumn("ticket_id", "text", (column) => column.notNull())
    // Without a foreign key: an effect of a deleted run still has to go out.
    .addColumn("run_id", "text")
    .addColumn("receiver", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("next_at", "bigint", (column) => column.notNull())
    .addColumn("held_until", "bigint")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("delivered_at", "bigint")
    .addColumn("abandoned_at", "bigint")
    .addColumn("last_error", "text")
    .addColumn("payload", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("effects_lanes")
    .on("effects")
    .columns(["ticket_id", "receiver", "id"])
    .where(sql<boolean>`delivered_at is null and abandoned_at is null`)
    .execute();
};

const ticketTables = async (db: Kysely<unknown>): Promise<void> => {
  await db.schema
    .createTable("tickets")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("straying_since", "bigint")
    .addColumn("sight", "text", (column) => column.notNull())
    .addColumn("decision", "text")
    .addColumn("ticket", "text", (column) => column.notNull())
    .execute();
  await index(db, "tickets", ["id", "straying_since"]);
  await db.schema
    .createTable("ticket_resets")
    .addColumn("ticket_id", "text", (column) => column.primaryKey())
    .addColumn("reset_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("plans")
    .addColumn("run_id", "text", (column) => column.primaryKey().references("runs.id").onDelete("cascade"))
    .addColumn("ticket_id", "text", (column) => column.notNull())
    .addColumn("completed_at", "bigint", (column) => column.notNull())
    .addColumn("approved_at", "bigint")
    .addColumn("plan", "text", (column) => column.notNull())
    .execute();
  await index(db, "plans", ["ticket_id", "completed_at", "run_id", "approved_at"]);
};

const pullRequestTables = async (db: Kysely<unknown>, idColumn: IdColumn): Promise<void> => {
  await db.schema
    .createTable("pull_requests")
    .addColumn("id", idColumn.type, idColumn.define)
    .addColumn("ticket_id", "text", (column) => column.notNull())
    .addColumn("project_key", "text", (column) => column.notNull())
    .addColumn("repository_key", "text", (column) => column.notNull())
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("head", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addColumn("repository", "text", (column) => column.notNull())
    .addColumn("pull_request", "text", (column) => column.notNull())
    .addUniqueConstraint("pull_requests_number", ["repository_key", "number"])
    .execute();
  await index(db, "pull_requests", ["ticket_id", "id", "number", "state"]);
  await index(db, "pull_requests", ["state", "project_key"]);
  await index(db, "pull_requests", ["state", "id"]);

  await db.schema
    .createTable("local_pull_requests")
    .addColumn("repository", "text", (column) => column.notNull())
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("head", "text", (column) => column.notNull())
    .addColumn("base", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("draft", "integer", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("comments", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("local_pull_requests_key", ["repository", "number"])
    .execute();
  await index(db, "local_pull_requests", ["repository", "head", "number"]);
  await db.schema
    .createIndex("local_pull_requests_one_open_per_head")
    .unique()
    .on("local_pull_requests")
    .columns(["repository", "head"])
    .where(sql<boolean>`state = 'open'`)
    .execute();
};

const otherTables = async (db: Kysely<unknown>): Promise<void> => {
  await db.schema
    .createTable("projects")
    .addColumn("key", "text", (column) => column.primaryKey())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("project", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("settings")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();
};

const index = (db: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> =>
  db.schema
    .createIndex(`${table}_by_${columns.join("_")}`)
    .on(table)
    .columns([...columns])
    .execute();
