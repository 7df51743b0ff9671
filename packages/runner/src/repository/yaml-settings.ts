import type { RunnerFailureReason } from "@ai-implement/contracts";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { StepFailure } from "../pipeline/step-failure.ts";
import { oneLine } from "../text/clip.ts";
import { yamlExcess } from "./yaml-bounds.ts";

/** Enough for anchors that people write; an alias bomb needs thousands. */
const maxAliases = 50;
/** Whoever wrote more mistakes than that begins with these. */
const maxProblems = 5;

export interface YamlSource {
  readonly file: string;
  /** Line of the file at which the text begins, from 1. */
  readonly firstLine: number;
  /** A sentence: where it has to be mended. */
  readonly fix: string;
  readonly reason: RunnerFailureReason;
}

/** For what a target repository wrote. */
export const ofRepository = (file: string, firstLine: number): YamlSource => ({
  file,
  firstLine,
  fix: "Mend it on the default branch.",
  reason: "setup-failed",
});

/**
 * Reads settings in YAML. What is wrong is named with its line; whether an unknown key is, the schema says.
 * @throws StepFailure
 */
export const parseYamlSettings = <Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  { file, firstLine, fix, reason }: YamlSource,
): z.output<Schema> => {
  const lines = new LineCounter();
  const at = (offset: number, problem: string): string =>
    `line ${firstLine + Math.max(1, lines.linePos(offset).line) - 1}: ${oneLine(problem, 500)}`;
  const fail = (...problems: readonly string[]): never => {
    throw new StepFailure(reason, `${file}, ${problems.join("; ")}. ${fix}`);
  };
  const excess = yamlExcess(text);
  if (excess !== null) return fail(`line ${firstLine}: ${excess}`);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) return fail(at(syntaxError.pos[0], syntaxError.message));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: maxAliases }) ?? {};
  } catch (error) {
    return fail(at(0, error instanceof Error ? error.message : String(error)));
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  return fail(
    ...parsed.error.issues
      .slice(0, maxProblems)
      .map(({ path, message }) =>
        at(startOf(document, path), `${path.join(".") || "the settings"}: ${message}`),
      ),
  );
};

/** Where the value stands, or what it is missing from. */
const startOf = (document: Document.Parsed, path: readonly PropertyKey[]): number => {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
};
