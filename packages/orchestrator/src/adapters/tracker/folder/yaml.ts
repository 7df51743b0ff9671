import { CST, Lexer, LineCounter, parseDocument } from "yaml";

export type ParsedYaml =
  | { readonly kind: "value"; readonly value: unknown }
  /** `line` counts from 1; 0 where the mistake has no place of its own. */
  | { readonly kind: "broken"; readonly line: number; readonly message: string };

/** Anchors repeat text, and repeated repeats grow without end: ten are plenty for a ticket. */
const maxAliasCount = 10;

/**
 * Every scalar is the text that its author wrote (`id: 007`, `title: yes`): the failsafe schema. Keys are unique,
 * tags make nothing, aliases are capped. Never throws, whatever the text.
 */
export const parseYaml = (text: string): ParsedYaml => {
  const lines = new LineCounter();
  try {
    const excess = excessOf(text);
    if (excess !== null) return { kind: "broken", line: 0, message: excess };
    const document = parseDocument(text, {
      schema: "failsafe",
      uniqueKeys: true,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: "error",
    });
    const [error] = document.errors;
    if (error !== undefined)
      return { kind: "broken", line: lines.linePos(error.pos[0]).line, message: error.message };
    const value: unknown = document.toJS({ maxAliasCount });
    return { kind: "value", value };
  } catch (error) {
    // Too many aliases.
    return { kind: "broken", line: 0, message: error instanceof Error ? error.message : String(error) };
  }
};

/** Tickets and sidecars need three levels. */
const maxNesting = 32;
/** Of blocks, each of which is indented by one column at least. */
const maxIndentation = 200;
/** A comment of ours has about thirty. The parser's look for repeated keys takes the square of their number. */
const maxLexemes = 50_000;

/**
 * What makes a text dangerous to parse, or null. The parser recurses with every level, and V8 ends the whole process,
 * past every `catch`, when it has to compile a regular expression at the end of the stack. So depth and number are
 * bounded before, by the lexer, which does not recurse.
 */
const excessOf = (text: string): string | null => {
  let count = 0;
  let brackets = 0;
  let openedOnLine = 0;
  let atLineStart = true;
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme);
    count += 1;
    if (count > maxLexemes) return "it has too many parts";
    if (type === "newline") openedOnLine = 0;
    else if (isFlowStart(type)) brackets += 1;
    else if (isFlowEnd(type)) brackets = Math.max(0, brackets - 1);
    else if (brackets === 0 && isBlockStart(type)) openedOnLine += 1;
    const indentation = type === "space" && atLineStart ? lexeme.length : 0;
    if (indentation > maxIndentation || brackets + openedOnLine > maxNesting) return "it nests too deeply";
    atLineStart = type === "newline";
  }
  return null;
};

type Lexeme = ReturnType<typeof CST.tokenType>;

const isFlowStart = (type: Lexeme): boolean => type === "flow-map-start" || type === "flow-seq-start";
const isFlowEnd = (type: Lexeme): boolean => type === "flow-map-end" || type === "flow-seq-end";
/** Several may stand on one line, each inside of the one before it: `- - ? - x`. */
const isBlockStart = (type: Lexeme): boolean =>
  type === "seq-item-ind" || type === "explicit-key-ind" || type === "map-value-ind";
