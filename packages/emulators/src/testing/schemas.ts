import { existsSync } from "node:fs";
import { join } from "node:path";

const folder = process.env["SCHEMAS_DIR"] ?? join(import.meta.dirname, "../../../../../shared/schemas");

/** Path of a vendor's own schema in `SCHEMAS_DIR`, or null where it is not there: what needs it is skipped, and says so. */
export const vendorSchema = (
  name: "linear.schema.graphql" | "jira.openapi.json" | "github.openapi.json" | "github-workflow.json",
): string | null => {
  const file = join(folder, name);
  if (existsSync(file)) return file;
  process.stdout.write(`Skipped: no vendor schema at ${file}. Set SCHEMAS_DIR to run what needs it.\n`);
  return null;
};
