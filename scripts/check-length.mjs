/** No file over 300 lines: eslint sees to the TypeScript, this to the plain JavaScript. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

const root = join(import.meta.dirname, "..");
const longest = 300;

const scriptsIn = async (folder) => {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".mjs"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).some((part) => part === "node_modules" || part === "dist"));
};

/** @returns one message for each file that is too long. */
export const tooLongScripts = async () => {
  const files = (await Promise.all(["scripts", "packages", "e2e", "bench"].map(scriptsIn))).flat();
  const messages = await Promise.all(
    files.map(async (file) => {
      const lines = (await readFile(join(root, file), "utf8")).split("\n").length - 1;
      return lines > longest
        ? [`${file} has ${lines} lines, more than ${longest}: split it by what it is for.`]
        : [];
    }),
  );
  return messages.flat();
};
