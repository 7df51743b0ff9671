import { CST, Lexer } from "yaml";

/** Settings and pipelines need four levels. */
const maxNesting = 32;
/** Of blocks, each of which is indented by one column at least. */
const maxIndentation = 200;
/** The parser's look for repeated keys takes the square of their number: a second for 30,000. */
const maxLexemes = 4_000;

/**
 * What makes a text dangerous to parse, or null. The parser recurses with every level, and at the end of its stack V8
 * can end the whole process past every `catch`. So depth and number are bounded before, by the lexer, which does not
 * recurse.
 */
export const yamlExcess = (text: string): string | null => {
  let count = 0;
  let brackets = 0;
  let openedOnLine = 0;
  let atLineStart = true;
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme);
    count += 1;
    if (count > maxLexemes) return "it has too many parts";
    if (type === "newline") openedOnLine = 0;
    else if (type === "flow-map-start" || type === "flow-seq-start") brackets += 1;
    else if (type === "flow-map-end" || type === "flow-seq-end") brackets = Math.max(0, brackets - 1);
    else if (brackets === 0 && opensBlock(type)) openedOnLine += 1;
    const indentation = type === "space" && atLineStart ? lexeme.length : 0;
    if (indentation > maxIndentation || brackets + openedOnLine > maxNesting) return "it nests too deeply";
    atLineStart = type === "newline";
  }
  return null;
};

/** Several may stand on one line, each inside of the one before it: `- - ? - x`. */
const opensBlock = (type: string | null): boolean =>
  type === "seq-item-ind" || type === "explicit-key-ind" || type === "map-value-ind";
