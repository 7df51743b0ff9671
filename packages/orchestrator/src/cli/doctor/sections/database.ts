import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { type Finding, right, type Section, wrong } from "../finding.ts";
import type { Scene } from "../scene.ts";

const setting = "DEDUP_DB_PATH";

/** Where the state is kept. That it is not there yet is no error: the first start makes it. */
export const databaseSections = async ({ database }: Scene): Promise<readonly Section[]> => {
  const section = (findings: readonly Finding[], notes: readonly string[] = []): Section => ({
    title: "Database",
    findings,
    notes,
  });
  switch (database.kind) {
    case "refused":
      return [];
    case "unreadable":
      return [section([wrong(setting, `${database.why}.`)])];
    case "read":
      return [section(await writable(database.path, [database.path, dirname(database.path)]))];
    case "absent":
      return [
        section(await writable(database.path, [dirname(database.path)]), [
          `Nothing has run here yet: the first start makes ${database.path}.`,
        ]),
      ];
  }
};

const writable = async (path: string, places: readonly string[]): Promise<readonly Finding[]> => {
  const findings = await Promise.all(places.map(denied));
  const [first] = findings.filter((finding) => finding !== null);
  return [first ?? right(`${setting} (${path})`)];
};

const denied = async (place: string): Promise<Finding | null> => {
  try {
    await access(place, constants.W_OK);
    return null;
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing
      ? wrong(setting, `The folder ${place} does not exist.`, "Make it, or point the setting elsewhere.")
      : wrong(
          setting,
          `This user may not write to ${place}.`,
          "Give it the permission, or point the setting elsewhere.",
        );
  }
};
