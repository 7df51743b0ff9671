import { ExpressionError } from "./expression-error.ts";
import { type ExpressionFunction, functions } from "./functions.ts";
import { type BinaryOperator, type Expression, parseExpression } from "./parse.ts";
import { asText, compare, isList, isObject, isTruthy, looselyEqual, member, type Value } from "./value.ts";

/** What an expression can see at its place in the file. Any other name is a mistake of the file. */
export interface Scope {
  /** By name: `github`, `inputs`, … */
  readonly contexts: Readonly<Record<string, Value>>;
  /** Null where the place has no `success()`, `failure()`, `always()` and `cancelled()`. */
  readonly status: {
    readonly success: boolean;
    readonly failure: boolean;
    readonly cancelled: boolean;
  } | null;
}

/** @throws ExpressionError, and nothing else */
export const evaluateExpression = (text: string, scope: Scope): Value => {
  const expression = parseExpression(text);
  requireKnown(expression, scope, text);
  return evaluate(expression, scope).value;
};

/** The expression with what it reads filled in, as GitHub's debug log shows conditions. @throws ExpressionError */
export const expandExpression = (text: string, scope: Scope): string => expand(parseExpression(text), scope);

const expand = (expression: Expression, scope: Scope): string => {
  switch (expression.kind) {
    case "not":
      return `!${expand(expression.operand, scope)}`;
    case "binary":
      return `(${expand(expression.left, scope)} ${expression.operator} ${expand(expression.right, scope)})`;
    case "call":
      return `${expression.name}(${expression.arguments.map((part) => expand(part, scope)).join(", ")})`;
    case "literal":
    case "context":
    case "member":
    case "each":
      return `'${asText(evaluate(expression, scope).value)}'`;
  }
};

/** Whether it calls one of the four functions that look at what went before. @throws ExpressionError */
export const asksForStatus = (text: string): boolean => namesStatus(parseExpression(text));

const statusNames: readonly string[] = ["success", "failure", "always", "cancelled"];

const namesStatus = (expression: Expression): boolean =>
  (expression.kind === "call" && statusNames.includes(expression.name.toLowerCase())) ||
  partsOf(expression).some(namesStatus);

const partsOf = (expression: Expression): readonly Expression[] => {
  switch (expression.kind) {
    case "literal":
    case "context":
      return [];
    case "call":
      return expression.arguments;
    case "member":
      return [expression.of, expression.key];
    case "each":
      return [expression.of];
    case "not":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
  }
};

/** GitHub looks at names before it evaluates anything: what is on the far side of `||` counts too. */
const requireKnown = (expression: Expression, scope: Scope, text: string): void => {
  if (expression.kind === "context" && contextNamed(scope, expression.name) === undefined)
    throw new ExpressionError(`Unrecognized named-value: '${expression.name}' in: ${text}`);
  if (expression.kind === "call") {
    const { arity } = functionNamed(scope, expression.name, text);
    const count = expression.arguments.length;
    if (count < arity.least || count > arity.most)
      throw new ExpressionError(`'${expression.name}' is given ${count} arguments in: ${text}`);
  }
  for (const part of partsOf(expression)) requireKnown(part, scope, text);
};

const contextNamed = ({ contexts }: Scope, name: string): Value | undefined => {
  const found = Object.keys(contexts).find((one) => one.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : contexts[found];
};

const functionNamed = ({ status }: Scope, name: string, text: string): ExpressionFunction => {
  const lower = name.toLowerCase();
  const known = functions.get(lower);
  if (known !== undefined) return known;
  if (status !== null && statusNames.includes(lower)) {
    const answers: Readonly<Record<string, boolean>> = { ...status, always: true };
    return { arity: { least: 0, most: 0 }, call: () => answers[lower] ?? false };
  }
  throw new ExpressionError(`Unrecognized function: '${name}' in: ${text}`);
};

/** What comes out of `.*` is looked into item by item. */
interface Evaluated {
  readonly value: Value;
  readonly each: boolean;
}

const plain = (value: Value): Evaluated => ({ value, each: false });

const evaluate = (expression: Expression, scope: Scope): Evaluated => {
  const evaluated = (part: Expression): Value => evaluate(part, scope).value;
  switch (expression.kind) {
    case "literal":
      return plain(expression.value);
    case "context":
      return plain(contextNamed(scope, expression.name) ?? null);
    case "call":
      return plain(
        functionNamed(scope, expression.name, expression.name).call(expression.arguments.map(evaluated)),
      );
    case "not":
      return plain(!isTruthy(evaluated(expression.operand)));
    case "each": {
      const { value, each } = evaluate(expression.of, scope);
      const items = each && isList(value) ? value.flatMap(valuesOf) : valuesOf(value);
      return { value: items, each: true };
    }
    case "member":
      return memberOf(evaluate(expression.of, scope), evaluated(expression.key));
    case "binary":
      return plain(
        binary(expression.operator, evaluated(expression.left), () => evaluated(expression.right)),
      );
  }
};

const valuesOf = (value: Value): readonly Value[] =>
  isList(value) ? value : isObject(value) ? Object.values(value) : [];

const memberOf = ({ value, each }: Evaluated, key: Value): Evaluated => {
  if (!each || !isList(value)) return plain(member(value, key));
  return { value: value.map((item) => member(item, key)).filter((item) => item !== null), each: true };
};

const binary = (operator: BinaryOperator, left: Value, right: () => Value): Value => {
  switch (operator) {
    case "&&":
      return isTruthy(left) ? right() : left;
    case "||":
      return isTruthy(left) ? left : right();
    case "==":
      return looselyEqual(left, right());
    case "!=":
      return !looselyEqual(left, right());
    case "<":
      return compare(left, right()) < 0;
    case "<=":
      return compare(left, right()) <= 0;
    case ">":
      return compare(left, right()) > 0;
    case ">=":
      return compare(left, right()) >= 0;
  }
};
