/** Hides what must not be read in a log. */
export interface Masker {
  /** Each line of it on its own too; a value of blanks is not hidden. */
  add(value: string): void;
  mask(text: string): string;
}

export const createMasker = (secrets: readonly string[]): Masker => {
  let values: readonly string[] = [];
  const add = (value: string): void => {
    const lines = [value, ...value.split(/\r?\n/)].map((line) => line.trim()).filter((line) => line !== "");
    // The longest first: a secret that holds another one disappears as a whole.
    values = [...new Set([...values, ...lines])].sort((one, other) => other.length - one.length);
  };
  for (const secret of secrets) add(secret);
  return { add, mask: (text) => values.reduce((masked, value) => masked.replaceAll(value, "***"), text) };
};
