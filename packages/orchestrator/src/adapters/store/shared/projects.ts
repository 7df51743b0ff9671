import type { Project } from "../../../core/project.ts";
import type { CommitResult, Versioned } from "../../../ports/store.ts";
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

export const createProject = async (db: Db, project: Project): Promise<CommitResult> => {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("projects")
    .values({ key: project.key, version: 1, project: JSON.stringify(project) })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 0n ? "conflict" : "committed";
};

export const updateProject = async (
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
