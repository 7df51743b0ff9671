import { lstat, mkdir, realpath, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/**
 * Writes a file below `directory`, following no symlink out of it and touching nothing of git's.
 * @throws Error that names the path
 */
export const writeConfined = async (directory: string, path: string, content: string): Promise<void> => {
  const root = await realpath(directory);
  const target = resolve(root, path);
  if (isAbsolute(path) || !isBelow(root, target)) throw refused(path, "it leads out of the repository");
  if (relative(root, target).split(sep).includes(".git")) throw refused(path, "it lies inside .git");
  // Checked from the outside in, so that no folder is made behind a link.
  for (const folder of foldersBetween(root, dirname(target))) {
    await mkdir(folder).catch((error: unknown) => {
      if (!isCode(error, "EEXIST")) throw error;
    });
    if ((await realpath(folder)) !== folder) throw refused(path, "it leads through a symbolic link");
  }
  const existing = await lstat(target).catch(() => null);
  if (existing !== null && !existing.isFile()) throw refused(path, "it is there and not a file");
  await writeFile(target, content);
};

const isBelow = (root: string, path: string): boolean => path.startsWith(root + sep);

const foldersBetween = (root: string, folder: string): readonly string[] => {
  const parts = relative(root, folder)
    .split(sep)
    .filter((part) => part !== "");
  return parts.map((_, index) => join(root, ...parts.slice(0, index + 1)));
};

const refused = (path: string, why: string): Error => new Error(`The script may not write ${path}: ${why}.`);

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
