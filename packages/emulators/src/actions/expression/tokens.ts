import { ExpressionError } from "./expression-error.ts";

export type Token =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "symbol"; readonly text: string };

const patterns = {
  space: /\s+/y,
  text: /'((?:[^']|'')*)'/y,
  number: /[-+]?(?:0x[0-9a-f]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?![\w.])/iy,
  name: /[a-z_][\w-]*/iy,
  symbol: /&&|\|\||==|!=|<=|>=|[()[\].,!<>*]/y,
};

/** @throws ExpressionError at the first character that belongs to nothing */
export const tokensOf = (expression: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(expression);
    if (match !== null) at += match[0].length;
    return match;
  };
  while (at < expression.length) {
    if (take(patterns.space) !== null) continue;
    const token = nextToken(take, tokens.at(-1));
    if (token === null)
      throw new ExpressionError(`Unexpected symbol at position ${at + 1} of: ${expression}`);
    tokens.push(token);
  }
  return tokens;
};

const nextToken = (
  take: (pattern: RegExp) => RegExpExecArray | null,
  previous: Token | undefined,
): Token | null => {
  const text = take(patterns.text);
  if (text !== null) return { kind: "literal", value: (text[1] ?? "").replaceAll("''", "'") };
  // After a dot comes a property, and that may not be a number: `.5` there is a mistake.
  const number = isDot(previous) ? null : take(patterns.number);
  if (number !== null) return { kind: "literal", value: numberOf(number[0]) };
  const name = take(patterns.name);
  if (name !== null) return isDot(previous) ? { kind: "name", text: name[0] } : wordOf(name[0]);
  const symbol = take(patterns.symbol);
  return symbol === null ? null : { kind: "symbol", text: symbol[0] };
};

const isDot = (token: Token | undefined): boolean => token?.kind === "symbol" && token.text === ".";

/** `Number` reads no sign before `0x`. */
const numberOf = (text: string): number =>
  text.startsWith("-") ? -Number(text.slice(1)) : Number(text.replace(/^\+/, ""));

const wordOf = (text: string): Token => {
  switch (text) {
    case "true":
      return { kind: "literal", value: true };
    case "false":
      return { kind: "literal", value: false };
    case "null":
      return { kind: "literal", value: null };
    case "NaN":
      return { kind: "literal", value: Number.NaN };
    case "Infinity":
      return { kind: "literal", value: Number.POSITIVE_INFINITY };
    default:
      return { kind: "name", text };
  }
};
