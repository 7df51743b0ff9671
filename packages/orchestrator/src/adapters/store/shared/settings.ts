import type { Db } from "./schema.ts";

/** The stored value, or `make`'s where there is none yet: of several who come first at once, one wins for all. */
export const setting = async (db: Db, name: string, make: () => string): Promise<string> => {
  const stored = await read(db, name);
  if (stored !== undefined) return stored;
  await db
    .insertInto("settings")
    .values({ name, value: make() })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const value = await read(db, name);
  if (value === undefined)
    throw new Error(`The setting "${name}" was deleted from the store while it was made.`);
  return value;
};

const read = async (db: Db, name: string): Promise<string | undefined> =>
  (await db.selectFrom("settings").select("value").where("name", "=", name).executeTakeFirst())?.value;

/** A real write, to the disk: a full or read-only one shows here and not in a transaction that is taken back. */
export const probe = async (db: Db, value: string): Promise<void> => {
  await db
    .insertInto("settings")
    .values({ name: "last-probe", value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
};
