import type { Project } from "../../../core/project.ts";
import type { EffectIntent } from "../../../core/runs/effects.ts";
import type { Instant } from "../../../core/time.ts";
import type { CommitResult, Versioned } from "../../../ports/store.ts";
import { addEffects } from "./effects.ts";
import type { Db } from "./schema.ts";
import { parseJson } from "./values.ts";

const toProject = (row: { readonly project: string; readonly version: number }): Versioned<Project> => ({
  value: parseJson<Project>(row.project),
  version: row.version,
});

export const listProjects = async (db: Db): Promise<readonly Versioned<Project>[]> => {
  const rows = await db.selectFrom("projects").select(["project", "version"]).orderBy("key").execute();
  return rows.map(toProject);
};

export const findProject = async (db: Db, key: string): Promise<Versioned<Project> | null> => {
  const row = await db
    .selectFrom("projects")
    .select(["project", "version"])
    .where("key", "=", key)
    .executeTakeFirst();
  return row === undefined ? null : toProject(row);
};

export const createProject = (
  db: Db,
  project: Project,
  effects: readonly EffectIntent[],
  now: Instant,
): Promise<CommitResult> =>
  withEffects(db, effects, now, (transaction) => insertProject(transaction, project));

export const updateProject = (
  db: Db,
  project: Versioned<Project>,
  effects: readonly EffectIntent[],
  now: Instant,
): Promise<CommitResult> =>
  withEffects(db, effects, now, (transaction) => replaceProject(transaction, project));

/** What follows from a project is recorded with it, or not at all. */
const withEffects = (
  db: Db,
  effects: readonly EffectIntent[],
  now: Instant,
  write: (transaction: Db) => Promise<CommitResult>,
): Promise<CommitResult> =>
  db.transaction().execute(async (transaction) => {
    const result = await write(transaction);
    if (result === "committed") await addEffects(transaction, effects, now);
    return result;
  });

const insertProject = async (db: Db, project: Project): Promise<CommitResult> => {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("projects")
    .values({ key: project.key, version: 1, project: JSON.stringify(project) })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 0n ? "conflict" : "committed";
};

const replaceProject = async (
  db: Db,
  { value: project, version }: Versioned<Project>,
): Promise<CommitResult> => {
  const { numUpdatedRows } = await db
    .updateTable("projects")
    .set({ version: version + 1, project: JSON.stringify(project) })
    .where("key", "=", project.key)
    .where("version", "=", version)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 0n ? "conflict" : "committed";
};

/** The log keeps its runs. */
export const deleteProject = async (db: Db, key: string): Promise<void> => {
  await db.deleteFrom("projects").where("key", "=", key).execute();
};
