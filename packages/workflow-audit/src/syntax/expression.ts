import { type Token, tokensOf } from "./tokens.ts";

/** GitHub's expression language, as a tree. Names are in lower case: it does not tell them apart. */
export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** `github.event.commits[0].message`; a segment that is computed or `*` is `*`. */
  | { readonly kind: "reference"; readonly path: readonly string[]; readonly indexes: readonly Expression[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  /** Something of the result of a call. */
  | { readonly kind: "access"; readonly of: Expression; readonly indexes: readonly Expression[] }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };

/** GitHub itself allows 50. */
const maxDepth = 60;

/** The expression, or null where GitHub would refuse the text. */
export const parseExpression = (text: string): Expression | null => {
  const tokens = tokensOf(text);
  if (tokens === null || tokens.length === 0) return null;
  try {
    return createParser(tokens).whole();
  } catch (error) {
    if (error instanceof NotAnExpression) return null;
    throw error;
  }
};

class NotAnExpression extends Error {}

const levels: readonly (readonly string[])[] = [["||"], ["&&"], ["==", "!="], ["<", "<=", ">", ">="]];

const createParser = (tokens: readonly Token[]) => {
  let next = 0;
  const peek = (...symbols: readonly string[]): string | null => {
    const token = tokens[next];
    return token?.kind === "symbol" && symbols.includes(token.text) ? token.text : null;
  };
  const take = (...symbols: readonly string[]): string | null => {
    const found = peek(...symbols);
    if (found !== null) next += 1;
    return found;
  };
  const expect = (symbol: string): void => {
    if (take(symbol) === null) throw new NotAnExpression(`"${symbol}" is missing`);
  };

  const binary = (level: number, depth: number): Expression => {
    const operators = levels[level];
    if (operators === undefined) return unary(depth);
    let left = binary(level + 1, depth);
    for (;;) {
      const operator = take(...operators);
      if (operator === null) return left;
      left = { kind: "binary", operator, left, right: binary(level + 1, depth) };
    }
  };
  const unary = (depth: number): Expression => {
    if (depth > maxDepth) throw new NotAnExpression("too deep");
    if (take("!") !== null) return { kind: "not", operand: unary(depth + 1) };
    return primary(depth);
  };
  const primary = (depth: number): Expression => {
    if (take("(") !== null) {
      const inner = binary(0, depth + 1);
      expect(")");
      return accessed(inner, depth);
    }
    const token = tokens[next];
    if (token === undefined || token.kind === "symbol") throw new NotAnExpression("a value is missing");
    next += 1;
    if (token.kind !== "name") return { kind: "literal", value: literalOf(token) };
    const name = token.text.toLowerCase();
    if (take("(") !== null) return accessed({ kind: "call", name, args: list(")", depth) }, depth);
    const constant = constants.get(name);
    if (constant !== undefined) return { kind: "literal", value: constant };
    const { path, indexes } = segments(depth);
    return { kind: "reference", path: [name, ...path], indexes };
  };
  const list = (end: string, depth: number): readonly Expression[] => {
    const items: Expression[] = [];
    if (take(end) !== null) return items;
    do items.push(binary(0, depth + 1));
    while (take(",") !== null);
    expect(end);
    return items;
  };
  const accessed = (of: Expression, depth: number): Expression => {
    if (peek(".", "[") === null) return of;
    return { kind: "access", of, indexes: segments(depth).indexes };
  };
  const segments = (depth: number) => {
    const path: string[] = [];
    const indexes: Expression[] = [];
    for (;;) {
      if (take(".") !== null) path.push(property());
      else if (take("[") !== null) {
        const index = take("*") === null ? binary(0, depth + 1) : null;
        expect("]");
        if (index !== null) indexes.push(index);
        path.push(index?.kind === "literal" ? String(index.value).toLowerCase() : "*");
      } else return { path, indexes };
    }
  };
  const property = (): string => {
    if (take("*") !== null) return "*";
    const token = tokens[next];
    if (token?.kind !== "name") throw new NotAnExpression("a name is missing");
    next += 1;
    return token.text.toLowerCase();
  };
  const whole = (): Expression => {
    const expression = binary(0, 0);
    if (next < tokens.length) throw new NotAnExpression("it goes on");
    return expression;
  };
  return { whole };
};

const constants: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["nan", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
]);

const literalOf = ({ kind, text }: Token): string | number =>
  kind === "string" ? text.slice(1, -1).replaceAll("''", "'") : Number(text);

/** The expression and all that it is made of. */
export const partsOf = (expression: Expression): readonly Expression[] => [
  expression,
  ...childrenOf(expression).flatMap(partsOf),
];

const childrenOf = (expression: Expression): readonly Expression[] => {
  switch (expression.kind) {
    case "literal":
      return [];
    case "reference":
      return expression.indexes;
    case "call":
      return expression.args;
    case "access":
      return [expression.of, ...expression.indexes];
    case "not":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
  }
};

/** Paths of all contexts that the expression reads. */
export const pathsOf = (expression: Expression): readonly (readonly string[])[] =>
  partsOf(expression).flatMap((part) => (part.kind === "reference" ? [part.path] : []));
