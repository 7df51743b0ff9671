import { existsSync } from "node:fs";
import { join } from "node:path";

/** Linear's own schema in `SCHEMAS_DIR`; it is no part of this project. */
export const linearSchema = (): string =>
  join(process.env["SCHEMAS_DIR"] ?? join(process.cwd(), "../shared/schemas"), "linear.schema.graphql");

/** For `Bench.missing`. */
export const withoutLinearSchema = (): string | null =>
  existsSync(linearSchema())
    ? null
    : `there is no ${linearSchema()}: set SCHEMAS_DIR to the folder that has it`;
