import { ExpressionError } from "./expression-error.ts";
import { type Token, tokensOf } from "./tokens.ts";

export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "context"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: "member"; readonly of: Expression; readonly key: Expression }
  /** `.*`: each of the values. */
  | { readonly kind: "each"; readonly of: Expression }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

const binding = [["||"], ["&&"], ["==", "!="], ["<", "<=", ">", ">="]] as const;
export type BinaryOperator = (typeof binding)[number][number];

/** GitHub's own limits. */
const maxLength = 21_000;
const maxDepth = 50;
/** Ours: what is written in a row nests too. */
const maxTokens = 2_000;

/** @throws ExpressionError where it is no expression, or one beyond GitHub's limits (21,000 characters, 50 levels) */
export const parseExpression = (text: string): Expression => {
  if (text.length > maxLength) throw new ExpressionError(`The expression is longer than ${maxLength}`);
  const tokens = tokensOf(text);
  if (tokens.length > maxTokens) throw new ExpressionError("The expression has too many parts");
  return new Parser(tokens, text).whole();
};

class Parser {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  whole(): Expression {
    const expression = this.#binary(0);
    if (this.#at < this.#tokens.length) throw this.#unexpected();
    return expression;
  }

  #binary(level: number): Expression {
    const operators = binding[level];
    if (operators === undefined) return this.#unary();
    return this.#deeper(
      () => {
        let left = this.#binary(level + 1);
        for (let operator = this.#oneOf(operators); operator !== null; operator = this.#oneOf(operators))
          left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
        return left;
      },
      level === 0 ? 1 : 0,
    );
  }

  #unary(): Expression {
    if (this.#take("!")) return this.#deeper(() => ({ kind: "not", operand: this.#unary() }));
    let expression = this.#primary();
    for (let next = this.#postfix(expression); next !== null; next = this.#postfix(expression))
      expression = next;
    return expression;
  }

  #postfix(of: Expression): Expression | null {
    if (this.#take(".")) {
      if (this.#take("*")) return { kind: "each", of };
      return { kind: "member", of, key: { kind: "literal", value: this.#name() } };
    }
    if (!this.#take("[")) return null;
    if (this.#take("*")) {
      this.#require("]");
      return { kind: "each", of };
    }
    const key = this.#binary(0);
    this.#require("]");
    return { kind: "member", of, key };
  }

  #primary(): Expression {
    if (this.#take("(")) {
      const inner = this.#binary(0);
      this.#require(")");
      return inner;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === "symbol") throw this.#unexpected();
    this.#at += 1;
    if (token.kind === "literal") return token;
    return this.#take("(")
      ? { kind: "call", name: token.text, arguments: this.#arguments() }
      : { kind: "context", name: token.text };
  }

  #arguments(): readonly Expression[] {
    if (this.#take(")")) return [];
    const list: Expression[] = [];
    do list.push(this.#binary(0));
    while (this.#take(","));
    this.#require(")");
    return list;
  }

  #name(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "name") throw this.#unexpected();
    this.#at += 1;
    return token.text;
  }

  #oneOf<T extends string>(symbols: readonly T[]): T | null {
    return symbols.find((symbol) => this.#take(symbol)) ?? null;
  }

  #take(symbol: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "symbol" || token.text !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #require(symbol: string): void {
    if (!this.#take(symbol)) throw this.#unexpected();
  }

  #deeper<T>(parse: () => T, by = 1): T {
    this.#depth += by;
    if (this.#depth > maxDepth)
      throw new ExpressionError(`The expression is nested more than ${maxDepth} levels deep`);
    const parsed = parse();
    this.#depth -= by;
    return parsed;
  }

  #unexpected(): ExpressionError {
    const token = this.#tokens[this.#at];
    const what =
      token === undefined ? "end" : token.kind === "literal" ? JSON.stringify(token.value) : token.text;
    return new ExpressionError(`Unexpected ${what} in: ${this.#text}`);
  }
}
