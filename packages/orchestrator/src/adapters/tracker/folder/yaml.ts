import { CST, Lexer, LineCounter, parseDocument } from "yaml";
import { type YamlLexeme, yamlExcess } from "../../../core/yaml-bounds.ts";

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
    const excess = yamlExcess(lexemesOf(text));
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

function* lexemesOf(text: string): Iterable<YamlLexeme> {
  for (const lexeme of new Lexer().lex(text)) yield { type: CST.tokenType(lexeme), length: lexeme.length };
}
