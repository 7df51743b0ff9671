import { type Expression, parseExpression } from "./expression.ts";
import type { ScalarNode } from "./tree.ts";

/** One `${{ … }}` in a text. */
export interface Embedded {
  /** With its braces. */
  readonly text: string;
  readonly line: number;
  /** Null where GitHub would refuse it. */
  readonly expression: Expression | null;
}

/** Every `${{ … }}` of a value, in order, with the line of the file that it stands in. */
export const embeddedIn = (node: ScalarNode): readonly Embedded[] => {
  let searched = 0;
  return expressionTexts(node.text).map((text) => {
    const found = node.source.indexOf(text, searched);
    if (found !== -1) searched = found + text.length;
    const line = node.line + (found === -1 ? 0 : newlinesIn(node.source.slice(0, found)));
    return { text, line, expression: parseExpression(text.slice(3, text.endsWith("}}") ? -2 : undefined)) };
  });
};

const newlinesIn = (text: string): number => text.split("\n").length - 1;

/** `}}` inside a quoted string does not end an expression; one that is never closed goes to the end of the text. */
const expressionTexts = (text: string): readonly string[] => {
  const texts: string[] = [];
  let from = text.indexOf("${{");
  while (from !== -1) {
    const end = endOf(text, from + 3);
    texts.push(text.slice(from, end));
    from = text.indexOf("${{", end);
  }
  return texts;
};

const endOf = (text: string, from: number): number => {
  let quoted = false;
  for (let position = from; position < text.length; position += 1) {
    if (text[position] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith("}}", position)) return position + 2;
  }
  return text.length;
};

/** An `if`, which is an expression with or without braces. Null where GitHub would refuse it. */
export const conditionOf = (node: ScalarNode): Expression | null => {
  const [only, ...more] = embeddedIn(node);
  if (only === undefined) return parseExpression(node.text);
  return more.length === 0 && only.text === node.text.trim() ? only.expression : null;
};

/** Where a value stands as one, whether braces are around it or not. */
export const expressionsOf = (node: ScalarNode, isCondition: boolean): readonly Embedded[] => {
  const embedded = embeddedIn(node);
  if (embedded.length > 0 || !isCondition) return embedded;
  return [{ text: node.text.trim(), line: node.line, expression: parseExpression(node.text) }];
};
