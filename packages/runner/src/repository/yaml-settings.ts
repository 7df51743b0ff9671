import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { StepFailure } from "../pipeline/step-failure.ts";
import { oneLine } from "../text/clip.ts";

/** Enough for anchors that people write; an alias bomb needs thousands. */
const maxAliases = 50;

/**
 * Reads settings that a repository wrote in YAML. Unknown keys are let through; a wrong one is named with its line.
 * @param firstLine line of the file at which `source` begins, from 1
 * @throws StepFailure `setup-failed`
 */
export const parseYamlSettings = <Schema extends z.ZodType>(
  source: string,
  schema: Schema,
  { file, firstLine }: { readonly file: string; readonly firstLine: number },
): z.output<Schema> => {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const fail = (offset: number, problem: string): never => {
    const line = firstLine + lines.linePos(offset).line - 1;
    throw new StepFailure(
      "setup-failed",
      `${file}, line ${line}: ${oneLine(problem, 500)}. Mend it on the default branch.`,
    );
  };
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) return fail(syntaxError.pos[0], syntaxError.message);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: maxAliases }) ?? {};
  } catch (error) {
    return fail(0, error instanceof Error ? error.message : String(error));
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const node: unknown = document.getIn(path, true);
  return fail(
    startOf(node) ?? 0,
    `${path.join(".") || "the settings"}: ${issue?.message ?? "not understood"}`,
  );
};

const startOf = (node: unknown): number | undefined => {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range))
    return undefined;
  const range: readonly unknown[] = node.range;
  const start = range[0];
  return typeof start === "number" ? start : undefined;
};
