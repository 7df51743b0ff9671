import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

const folder = process.env["SCHEMAS_DIR"] ?? join(import.meta.dirname, "../../../../../shared/schemas");

/** SchemaStore's description of workflow files in `SCHEMAS_DIR`, or null where it is not there: what needs it says so. */
export const workflowSchema = (): ValidateFunction | null => {
  const file = join(folder, "github-workflow.json");
  if (!existsSync(file)) {
    process.stdout.write(`Skipped: no vendor schema at ${file}. Set SCHEMAS_DIR to run what needs it.\n`);
    return null;
  }
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(file, "utf8")) as object);
};
