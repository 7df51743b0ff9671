import { existsSync } from "node:fs";
import { join } from "node:path";

const folder = (): string => process.env["SCHEMAS_DIR"] ?? join(process.cwd(), "../shared/schemas");

/** A vendor's own schema in `SCHEMAS_DIR`; it is no part of this project. */
export const linearSchema = (): string => join(folder(), "linear.schema.graphql");
export const githubSchema = (): string => join(folder(), "github.openapi.json");

/** For `Bench.missing`. */
export const without = (...schemas: readonly (() => string)[]): (() => string | null) => {
  return () => {
    const missing = schemas.map((schema) => schema()).find((file) => !existsSync(file));
    return missing === undefined ? null : `there is no ${missing}: set SCHEMAS_DIR to the folder that has it`;
  };
};
