import type { DispatchInput } from "../../actions/workflow/workflow-header.ts";

export type CheckedInputs =
  | { readonly kind: "accepted"; readonly inputs: Readonly<Record<string, string>> }
  /** In GitHub's own words. */
  | { readonly kind: "refused"; readonly message: string };

const maxInputs = 25;
const maxCharacters = 65_535;

/** The inputs of a dispatch, with the defaults of the file, or why GitHub does not take them (422). */
export const checkInputs = (
  declared: Readonly<Record<string, DispatchInput>>,
  given: Readonly<Record<string, unknown>>,
): CheckedInputs => {
  const message = problemOf(declared, given);
  if (message !== null) return { kind: "refused", message };
  const entries = Object.entries(declared).flatMap(([name, input]) => {
    const value = textOf(given[name]) ?? input.default ?? (input.type === "boolean" ? "false" : null);
    return value === null ? [] : [[name, value] as const];
  });
  return { kind: "accepted", inputs: Object.fromEntries(entries) };
};

const problemOf = (
  declared: Readonly<Record<string, DispatchInput>>,
  given: Readonly<Record<string, unknown>>,
): string | null => {
  const names = Object.keys(given);
  if (names.length > maxInputs)
    return `Invalid request.\n\nNo more than ${maxInputs} properties are allowed; ${names.length} were supplied.`;
  const odd = names.find((name) => textOf(given[name]) === null);
  if (odd !== undefined) return `Invalid value for input '${odd}'`;
  if (characters(given) > maxCharacters) return "inputs are too large.";
  const unexpected = names.filter((name) => declared[name] === undefined);
  if (unexpected.length > 0) return `Unexpected inputs provided: ${JSON.stringify(unexpected)}`;
  const missing = Object.entries(declared).find(
    ([name, input]) => input.required && input.default === undefined && given[name] === undefined,
  );
  if (missing !== undefined) return `Required input '${missing[0]}' not provided`;
  const wrong = names.find((name) => !allows(declared[name], textOf(given[name]) ?? ""));
  return wrong === undefined
    ? null
    : `Provided value '${textOf(given[wrong]) ?? ""}' for input '${wrong}' not in the list of allowed values`;
};

/** Numbers and booleans are taken as their text; null where it is neither. */
const textOf = (value: unknown): string | null =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;

const characters = (given: Readonly<Record<string, unknown>>): number =>
  Object.entries(given).reduce((sum, [name, value]) => sum + name.length + (textOf(value) ?? "").length, 0);

const allows = (input: DispatchInput | undefined, value: string): boolean => {
  switch (input?.type) {
    case "choice":
      return input.options.includes(value);
    case "boolean":
      return value === "true" || value === "false";
    default:
      return true;
  }
};
