import { isUtf8 } from "node:buffer";
import { readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";

export type ConfinedFile =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "absent" }
  /** A directory, a pipe, a device. */
  | { readonly kind: "not-a-file" }
  /** It exists, but outside of the folder or in its git directory. */
  | { readonly kind: "refused"; readonly why: string };

/** Finds a file by a path that a repository chose. Neither `..` nor a symlink leads out of the folder. */
export const findConfined = async (folder: string, relative: string): Promise<ConfinedFile> => {
  if (relative === "" || relative.includes("\0")) return { kind: "absent" };
  const root = await realpath(folder);
  let path: string;
  try {
    path = await realpath(join(root, relative));
  } catch {
    // Absent, a dangling or a circular link: there is no file to read either way.
    return { kind: "absent" };
  }
  if (!path.startsWith(root + sep)) return { kind: "refused", why: "it leads out of the repository" };
  if (path.startsWith(join(root, ".git") + sep)) return { kind: "refused", why: "it lies inside .git" };
  // A pipe or a device would keep whoever opens it waiting, so it is asked before it is opened.
  return (await stat(path)).isFile() ? { kind: "file", path } : { kind: "not-a-file" };
};

export type ConfinedText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly why: string };

/** Reads it as UTF-8, if it is that and has at most `maxBytes`. */
export const readConfined = async (
  folder: string,
  relative: string,
  maxBytes: number,
): Promise<ConfinedText> => {
  const found = await findConfined(folder, relative);
  if (found.kind === "not-a-file") return { kind: "refused", why: "it is not a file" };
  if (found.kind !== "file") return found;
  const { size } = await stat(found.path);
  if (size > maxBytes) return { kind: "refused", why: `it has ${size} bytes, and ${maxBytes} are the limit` };
  const bytes = await readFile(found.path);
  return isUtf8(bytes) && !bytes.includes(0)
    ? { kind: "text", text: bytes.toString("utf8") }
    : { kind: "refused", why: "it is not text in UTF-8" };
};
