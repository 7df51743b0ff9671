import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Which of the secrets stand in a text. */
export const secretsIn = (text: string, secrets: readonly string[]): readonly string[] =>
  secrets.filter((secret) => text.includes(secret));

/** The files below a folder that hold one of the secrets. Packed git objects would hide one: there, only names are seen. */
export const filesWith = async (folder: string, secrets: readonly string[]): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const content = entry.isFile() ? await readFile(file, "latin1") : "";
      return secretsIn(`${entry.name}\n${content}`, secrets).length > 0 ? [file] : [];
    }),
  );
  return found.flat();
};
