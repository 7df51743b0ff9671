import { asksForStatus, evaluateExpression, expandExpression, type Scope } from "./evaluate.ts";
import { ExpressionError } from "./expression-error.ts";
import { asText, isTruthy, type Value } from "./value.ts";

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly text: string };

/** A text with `${{ … }}` in it; where it is one expression and nothing else, its value. @throws ExpressionError */
export const interpolate = (text: string, scope: Scope): Value => {
  const parts = partsOf(text);
  const [only] = parts;
  if (parts.length === 1 && only?.kind === "expression") return evaluateExpression(only.text, scope);
  return parts
    .map((part) => (part.kind === "text" ? part.text : asText(evaluateExpression(part.text, scope))))
    .join("");
};

/** @throws ExpressionError */
export const interpolateText = (text: string, scope: Scope): string => asText(interpolate(text, scope));

/** @throws ExpressionError */
export const interpolateAll = (
  texts: Readonly<Record<string, string>>,
  scope: Scope,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, interpolateText(text, scope)]));

/**
 * An `if:`. The braces are optional there; without one of the status functions it means `success() && (…)`.
 * @throws ExpressionError
 */
export const holds = (condition: string | null, scope: Scope): boolean => {
  const succeeded = scope.status?.success ?? true;
  if (condition === null || condition.trim() === "") return succeeded;
  const parts = partsOf(condition);
  const expressions = parts.filter(({ kind }) => kind === "expression");
  const bare = expressions.length === 0;
  const asks = bare ? asksForStatus(condition) : expressions.some(({ text }) => asksForStatus(text));
  const value = bare ? evaluateExpression(condition, scope) : interpolate(condition.trim(), scope);
  return isTruthy(value) && (asks || succeeded);
};

/** An `if:` with what it reads filled in. @throws ExpressionError */
export const expandCondition = (condition: string, scope: Scope): string => {
  const parts = partsOf(condition.trim());
  if (parts.every(({ kind }) => kind === "text")) return expandExpression(condition, scope);
  return parts.map(({ kind, text }) => (kind === "text" ? text : expandExpression(text, scope))).join("");
};

const partsOf = (text: string): readonly Part[] => {
  const parts: Part[] = [];
  let at = 0;
  for (let open = text.indexOf("${{"); open !== -1; open = text.indexOf("${{", at)) {
    if (open > at) parts.push({ kind: "text", text: text.slice(at, open) });
    const close = closingOf(text, open + 3);
    parts.push({ kind: "expression", text: text.slice(open + 3, close) });
    at = close + 2;
  }
  if (at < text.length || parts.length === 0) parts.push({ kind: "text", text: text.slice(at) });
  return parts;
};

/** Where the expression ends: `}}` inside of quotes does not count. */
const closingOf = (text: string, from: number): number => {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith("}}", at)) return at;
  }
  throw new ExpressionError(`The expression is not closed: ${text.slice(from - 3, from + 60)}`);
};
