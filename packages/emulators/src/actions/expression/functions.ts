import { ExpressionError } from "./expression-error.ts";
import { asText, fold, isList, looselyEqual, type Value } from "./value.ts";

/** One of the language's functions; `arity` counts its arguments. */
export interface ExpressionFunction {
  readonly arity: { readonly least: number; readonly most: number };
  readonly call: (values: readonly Value[]) => Value;
}

/** By name, in lower case. @throws ExpressionError out of `format` and `fromJSON` */
export const functions: ReadonlyMap<string, ExpressionFunction> = new Map([
  define("contains", 2, 2, ([search = null, item = null]) => contains(search, item)),
  define("startsWith", 2, 2, ([text = null, start = null]) => onTexts(text, start, "startsWith")),
  define("endsWith", 2, 2, ([text = null, end = null]) => onTexts(text, end, "endsWith")),
  define("format", 1, 255, ([text = null, ...values]) => format(asText(text), values)),
  define("join", 1, 2, ([list = null, separator = ","]) => join(list, asText(separator))),
  define("toJSON", 1, 1, ([value = null]) => toJson(value)),
  define("fromJSON", 1, 1, ([text = null]) => fromJson(asText(text))),
]);

function define(
  name: string,
  least: number,
  most: number,
  call: ExpressionFunction["call"],
): readonly [string, ExpressionFunction] {
  return [name.toLowerCase(), { arity: { least, most }, call }];
}

const isPlain = (value: Value): boolean => typeof value !== "object" || value === null;

const contains = (search: Value, item: Value): boolean => {
  if (isList(search)) return search.some((one) => looselyEqual(one, item));
  return isPlain(search) && isPlain(item) && fold(asText(search)).includes(fold(asText(item)));
};

const onTexts = (text: Value, part: Value, test: "startsWith" | "endsWith"): boolean =>
  isPlain(text) && isPlain(part) && fold(asText(text))[test](fold(asText(part)));

const format = (text: string, values: readonly Value[]): string =>
  text.replaceAll(/\{\{|\}\}|\{(\d+)\}|[{}]/g, (match, position: string | undefined) => {
    if (match === "{{") return "{";
    if (match === "}}") return "}";
    const value = position === undefined ? undefined : values[Number(position)];
    if (value === undefined) throw new ExpressionError(`The following format string is invalid: ${text}`);
    return asText(value);
  });

const join = (list: Value, separator: string): string =>
  isList(list) ? list.map(asText).join(separator) : isPlain(list) ? asText(list) : "";

const toJson = (value: Value): string => {
  try {
    return JSON.stringify(value, null, 2);
  } catch (cause) {
    throw new ExpressionError("toJSON: the value is nested too deep", { cause });
  }
};

const fromJson = (text: string): Value => {
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw new ExpressionError("fromJSON: the text is not JSON", { cause });
  }
};
