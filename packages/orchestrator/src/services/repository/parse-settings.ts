import { CST, type Document, isMap, isNode, isScalar, Lexer, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { headline } from "../../core/messages/foreign.ts";
import { type YamlLexeme, yamlExcess } from "../../core/yaml-bounds.ts";
import type { SettingsProblem } from "./settings-problem.ts";

export interface ParsedSettings<Value> {
  /** Null: the file as a whole is not used. */
  readonly value: Value | null;
  readonly problems: readonly SettingsProblem[];
}

/** In UTF-16 units; the runner takes as many bytes. */
const maxLength = 64 * 1024;
/** Some hundred lines; whoever may push to the repository must not hold up everybody else's runs. */
const maxLexemes = 4_000;
/** Enough for anchors that people write; an alias bomb needs thousands. */
const maxAliases = 50;
/** Whoever wrote more mistakes than that begins with these. */
const maxProblems = 20;

/**
 * Reads settings that a repository wrote in YAML. Unknown keys are let through and named; anything else that is wrong
 * is named with its line, and then the file is not used. Never throws, whatever the text.
 */
export const parseSettings = <Schema extends z.ZodObject>(
  file: string,
  text: string,
  schema: Schema,
): ParsedSettings<z.output<Schema>> => {
  const broken = (...problems: readonly string[]): ParsedSettings<never> => ({
    value: null,
    problems: problems.map((problem) => ({ file, problem, fix: mendIt })),
  });
  if (text.length > maxLength) return broken(`it has more than ${maxLength} characters`);
  const lines = new LineCounter();
  try {
    const excess = yamlExcess(lexemesOf(text), maxLexemes);
    if (excess !== null) return broken(excess);
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
    const [mistake] = document.errors;
    if (mistake !== undefined) return broken(atLine(lines, mistake.pos[0], mistake.message));
    const value: unknown = document.toJS({ maxAliasCount: maxAliases }) ?? {};
    const parsed = schema.safeParse(value);
    if (parsed.success)
      return { value: parsed.data, problems: unknownKeys(file, document, schema, [], lines) };
    return broken(
      ...parsed.error.issues
        .slice(0, maxProblems)
        .map(({ path, message }) =>
          atLine(lines, startOf(document, path), `${path.join(".") || "the settings"}: ${message}`),
        ),
    );
  } catch (error) {
    // Too many aliases.
    return broken(headline(error instanceof Error ? error.message : String(error), 300));
  }
};

const mendIt = "Mend it on the default branch; until then the file is not used.";

function* lexemesOf(text: string): Iterable<YamlLexeme> {
  for (const lexeme of new Lexer().lex(text)) yield { type: CST.tokenType(lexeme), length: lexeme.length };
}

const atLine = (lines: LineCounter, offset: number, problem: string): string =>
  `line ${Math.max(1, lines.linePos(offset).line)}: ${headline(problem, 300)}`;

type Path = readonly PropertyKey[];

/** Where the value stands, or what it is missing from. */
const startOf = (document: Document.Parsed, path: Path): number => {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
};

/** At the top and in the objects that the schema knows. */
const unknownKeys = (
  file: string,
  document: Document.Parsed,
  schema: z.ZodObject,
  path: readonly string[],
  lines: LineCounter,
): readonly SettingsProblem[] => {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(node)) return [];
  const known = Object.keys(schema.shape);
  return node.items.slice(0, maxProblems).flatMap(({ key }) => {
    const name = isScalar(key) && typeof key.value === "string" ? key.value : "a key that is no word";
    if (known.includes(name)) {
      const inner = objectIn(schema.shape[name]);
      return inner === null ? [] : unknownKeys(file, document, inner, [...path, name], lines);
    }
    const offset = isNode(key) && key.range ? key.range[0] : 0;
    const full = [...path, name].join(".");
    return [
      {
        file,
        problem: atLine(lines, offset, `"${headline(full, 100)}" is not a setting`),
        fix: `It is ignored: remove it, or look for a misspelling of ${known.join(", ")}.`,
      },
    ];
  });
};

const objectIn = (schema: unknown): z.ZodObject | null => {
  if (schema instanceof z.ZodOptional) return objectIn(schema.unwrap());
  return schema instanceof z.ZodObject ? schema : null;
};
