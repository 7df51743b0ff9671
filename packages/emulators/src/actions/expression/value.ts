/** What an expression can be: JSON. */
export type Value = null | boolean | number | string | readonly Value[] | ValueObject;

export interface ValueObject {
  readonly [name: string]: Value;
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

export const isObject = (value: Value): value is ValueObject =>
  typeof value === "object" && value !== null && !isList(value);

export const isTruthy = (value: Value): boolean =>
  value !== null && value !== false && value !== 0 && value !== "" && !Number.isNaN(value);

/** As it appears in the middle of a text. */
export const asText = (value: Value): string => {
  if (value === null) return "";
  if (typeof value === "object") return isList(value) ? "Array" : "Object";
  return String(Object.is(value, -0) ? 0 : value);
};

/** What has no number is NaN. */
const asNumber = (value: Value): number => {
  switch (typeof value) {
    case "number":
      return value;
    case "boolean":
      return value ? 1 : 0;
    case "string":
      return value.trim() === "" ? 0 : Number(value);
    default:
      return value === null ? 0 : Number.NaN;
  }
};

/** Null stands for "of different types": such are compared as numbers. */
const sameKind = (left: Value, right: Value): boolean =>
  typeof left === typeof right && (left === null) === (right === null);

/** `==` of the language: text without regard to case, different types as numbers, objects by identity. */
export const looselyEqual = (left: Value, right: Value): boolean => {
  if (!sameKind(left, right)) return asNumber(left) === asNumber(right);
  if (typeof left === "string" && typeof right === "string") return fold(left) === fold(right);
  return left === right;
};

/** Negative, zero or positive; NaN where the two have no order. */
export const compare = (left: Value, right: Value): number => {
  if (typeof left === "string" && typeof right === "string") {
    const [one, other] = [fold(left), fold(right)];
    if (one === other) return 0;
    return one < other ? -1 : 1;
  }
  return Math.sign(asNumber(left) - asNumber(right));
};

/** The language has no upper and lower case. */
export const fold = (text: string): string => text.toUpperCase();

/** A property, or an item by its position; null where there is none. Names are found without regard to case. */
export const member = (value: Value, key: Value): Value => {
  if (isList(value)) return typeof key === "number" || typeof key === "string" ? itemAt(value, key) : null;
  if (!isObject(value)) return null;
  const name = asText(key);
  if (Object.hasOwn(value, name)) return value[name] ?? null;
  const found = Object.keys(value).find((one) => fold(one) === fold(name));
  return found === undefined ? null : (value[found] ?? null);
};

const itemAt = (list: readonly Value[], key: number | string): Value => {
  const index = asNumber(key);
  return Number.isInteger(index) && index >= 0 ? (list[index] ?? null) : null;
};
