/** A line of `GITHUB_ENV` or `GITHUB_OUTPUT` that GitHub does not read: the step fails. */
export class EnvironmentFileError extends Error {
  override readonly name = "EnvironmentFileError";
}

/**
 * `name=value` and `name<<DELIMITER … DELIMITER`, the later one wins.
 * @throws EnvironmentFileError
 */
export const parseEnvironmentFile = (text: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line === "") continue;
    const { name, value, isDelimiter } = splitLine(line);
    if (!isDelimiter) {
      values.set(name, value);
      continue;
    }
    const end = lines.indexOf(value, at + 1);
    if (end === -1) throw new EnvironmentFileError(`Invalid value. Matching delimiter not found '${value}'`);
    values.set(name, lines.slice(at + 1, end).join("\n"));
    at = end;
  }
  return values;
};

/** Whichever comes first, `=` or `<<`, says what the line is. */
const splitLine = (
  line: string,
): { readonly name: string; readonly value: string; readonly isDelimiter: boolean } => {
  const match = /^(?<name>.+?)(?<sign>=|<<)(?<value>.*)$/s.exec(line);
  const { name = "", sign = "", value = "" } = match?.groups ?? {};
  const isDelimiter = sign === "<<";
  if (match === null || line.startsWith("=") || line.startsWith("<<") || (isDelimiter && value === ""))
    throw new EnvironmentFileError(`Invalid format '${line}'`);
  return { name, value, isDelimiter };
};

/** The folders of `GITHUB_PATH`, each before those that were there. */
export const parsePathFile = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .reverse();
