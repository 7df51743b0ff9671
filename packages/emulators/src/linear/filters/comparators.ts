import { invalidInput, notEmulated } from "../errors.ts";

/** A comparator or filter as the schema coerced it: every key that is there has to hold. */
export type FilterInput = Readonly<Record<string, unknown>>;

/** Whether a value of an entity passes what the filter says of it. */
export type Test<Value> = (value: Value, comparator: FilterInput) => boolean;

type Comparison<Value> = (value: Value, operand: never) => boolean;

const test =
  <Value>(kind: string, comparisons: Readonly<Record<string, Comparison<Value>>>): Test<Value> =>
  (value, comparator) =>
    Object.entries(comparator).every(([key, operand]) => {
      // Linear takes a comparison with null for one that was not made.
      if (operand === null || operand === undefined) return true;
      const comparison = comparisons[key];
      if (comparison === undefined) throw notEmulated(`the comparison ${kind}.${key}`);
      // The schema has coerced the operand to what the comparison takes.
      return comparison(value, operand as never);
    });

const lower = (text: string): string => text.toLowerCase();
const plain = (text: string): string => lower(text).normalize("NFD").replaceAll(/\p{M}/gu, "");

/** Holds a comparison of texts against a text that may be missing; a missing one passes only what is negated. */
const text =
  (holds: (value: string, operand: string) => boolean, negated = false): Comparison<string | null> =>
  (value, operand: string) =>
    value === null ? negated : holds(value, operand) !== negated;

export const stringTest = test<string | null>("StringComparator", {
  eq: text((value, operand) => value === operand),
  neq: text((value, operand) => value === operand, true),
  in: (value, operands: readonly string[]) => value !== null && operands.includes(value),
  nin: (value, operands: readonly string[]) => value === null || !operands.includes(value),
  eqIgnoreCase: text((value, operand) => lower(value) === lower(operand)),
  neqIgnoreCase: text((value, operand) => lower(value) === lower(operand), true),
  startsWith: text((value, operand) => value.startsWith(operand)),
  startsWithIgnoreCase: text((value, operand) => lower(value).startsWith(lower(operand))),
  notStartsWith: text((value, operand) => value.startsWith(operand), true),
  endsWith: text((value, operand) => value.endsWith(operand)),
  notEndsWith: text((value, operand) => value.endsWith(operand), true),
  contains: text((value, operand) => value.includes(operand)),
  containsIgnoreCase: text((value, operand) => lower(value).includes(lower(operand))),
  containsIgnoreCaseAndAccent: text((value, operand) => plain(value).includes(plain(operand))),
  notContains: text((value, operand) => value.includes(operand), true),
  notContainsIgnoreCase: text((value, operand) => lower(value).includes(lower(operand)), true),
  null: (value, wanted: boolean) => (value === null) === wanted,
});

/** An entity may go by several ids: an issue by its UUID and its identifier. */
export const idTest = test<readonly string[]>("IDComparator", {
  eq: (ids, operand: string) => ids.includes(operand),
  neq: (ids, operand: string) => !ids.includes(operand),
  in: (ids, operands: readonly string[]) => operands.some((operand) => ids.includes(operand)),
  nin: (ids, operands: readonly string[]) => !operands.some((operand) => ids.includes(operand)),
});

export const booleanTest = test<boolean>("BooleanComparator", {
  eq: (value, operand: boolean) => value === operand,
  neq: (value, operand: boolean) => value !== operand,
});

const numeric = (holds: (value: number, operand: number) => boolean): Comparison<number | null> => {
  return (value, operand: number) => value !== null && holds(value, operand);
};

export const numberTest = test<number | null>("NumberComparator", {
  eq: (value, operand: number) => value === operand,
  neq: (value, operand: number) => value !== operand,
  in: (value, operands: readonly number[]) => value !== null && operands.includes(value),
  nin: (value, operands: readonly number[]) => value === null || !operands.includes(value),
  gt: numeric((value, operand) => value > operand),
  gte: numeric((value, operand) => value >= operand),
  lt: numeric((value, operand) => value < operand),
  lte: numeric((value, operand) => value <= operand),
  null: (value, wanted: boolean) => (value === null) === wanted,
});

/** Times in ms since the epoch; operands are dates as ISO 8601. Linear's durations (`-P2W`) are not emulated. */
export const dateTest: Test<number | null> = (value, comparator) =>
  numberTest(
    value,
    Object.fromEntries(Object.entries(comparator).map(([key, operand]) => [key, dateOperand(operand)])),
  );

const dateOperand = (operand: unknown): unknown => {
  if (Array.isArray(operand)) return operand.map(dateOperand);
  if (typeof operand !== "string") return operand;
  if (/^-?P/.test(operand)) throw notEmulated(`durations in filters, as ${operand}`);
  const time = Date.parse(operand);
  if (Number.isNaN(time)) throw invalidInput(`${operand} is not a date`);
  return time;
};
