/** An action's inputs, as its emulation reads them. */
export interface ActionInputs {
  /** Empty where it is not given. */
  text(name: string): string;
  /** @throws Error where it is not given */
  required(name: string): string;
  flag(name: string, byDefault: boolean): boolean;
}

/**
 * @param known all that the emulation reads; a name that ends in `*` stands for what begins so
 * @throws Error that names an input of another name: it would do nothing
 */
export const readActionInputs = (
  given: Readonly<Record<string, string>>,
  known: readonly string[],
): ActionInputs => {
  const isKnown = (name: string): boolean =>
    known.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : one === name));
  const unknown = Object.keys(given).filter((name) => !isKnown(name));
  if (unknown.length > 0) throw new Error(`These inputs are not emulated: ${unknown.join(", ")}`);
  const text = (name: string): string => (given[name] ?? "").trim();
  return {
    text,
    required(name) {
      if (text(name) === "") throw new Error(`Input required and not supplied: ${name}`);
      return text(name);
    },
    flag(name, byDefault) {
      const value = text(name);
      if (value === "") return byDefault;
      if (value !== "true" && value !== "false") throw new Error(`${name} is neither true nor false`);
      return value === "true";
    },
  };
};
