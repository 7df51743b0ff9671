import { parse } from "yaml";
import { z } from "zod";

/** A workflow file that GitHub, or this emulation of it, does not run; the message says where and why. */
export class WorkflowFileError extends Error {
  override readonly name = "WorkflowFileError";
}

const maxLength = 512 * 1024;

/** @throws WorkflowFileError where the text is no YAML, longer than 512 KiB, or not what the schema wants */
export const readWorkflowYaml = <T>(text: string, schema: z.ZodType<T>): T => {
  if (text.length > maxLength) throw new WorkflowFileError("The workflow file is too long");
  const read = schema.safeParse(parseYaml(text));
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new WorkflowFileError(problems.join("; "));
};

const parseYaml = (text: string): unknown => {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw new WorkflowFileError(`it is not YAML: ${String(cause)}`, { cause });
  }
};

/** A number or a boolean in YAML is a text to an expression. */
export const scalarSchema = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .transform((value) => (value === null ? "" : String(value)));

export const scalarsSchema = z.record(z.string(), scalarSchema);
