/** A piece of YAML as a lexer sees it: its type in the words of the `yaml` package, and its length in UTF-16 units. */
export interface YamlLexeme {
  readonly type: string | null;
  readonly length: number;
}

/** What we read (tickets, settings) needs three levels. */
const maxNesting = 32;
/** Of blocks, each of which is indented by one column at least. */
const maxIndentation = 200;
/** A comment of ours has about thirty. */
const manyLexemes = 50_000;

/**
 * What makes a text dangerous to parse, or null. A parser recurses with every level, and V8 ends the whole process,
 * past every `catch`, when it has to compile a regular expression at the end of the stack. So depth and number are
 * bounded before, by the lexer, which does not recurse.
 * @param maxLexemes the parser's look for repeated keys takes the square of their number: a second for 30,000
 */
export const yamlExcess = (
  lexemes: Iterable<YamlLexeme>,
  maxLexemes: number = manyLexemes,
): string | null => {
  let count = 0;
  let brackets = 0;
  let openedOnLine = 0;
  let atLineStart = true;
  for (const { type, length } of lexemes) {
    count += 1;
    if (count > maxLexemes) return "it has too many parts";
    if (type === "newline") openedOnLine = 0;
    else if (isFlowStart(type)) brackets += 1;
    else if (isFlowEnd(type)) brackets = Math.max(0, brackets - 1);
    else if (brackets === 0 && isBlockStart(type)) openedOnLine += 1;
    const indentation = type === "space" && atLineStart ? length : 0;
    if (indentation > maxIndentation || brackets + openedOnLine > maxNesting) return "it nests too deeply";
    atLineStart = type === "newline";
  }
  return null;
};

const isFlowStart = (type: string | null): boolean => type === "flow-map-start" || type === "flow-seq-start";
const isFlowEnd = (type: string | null): boolean => type === "flow-map-end" || type === "flow-seq-end";
/** Several may stand on one line, each inside of the one before it: `- - ? - x`. */
const isBlockStart = (type: string | null): boolean =>
  type === "seq-item-ind" || type === "explicit-key-ind" || type === "map-value-ind";
