import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askGit, isSha, noSha, runGit } from "./git-plumbing.ts";

export interface TreeEntry {
  readonly mode: string;
  readonly type: "blob" | "commit" | "tree";
  readonly sha: string;
  /** In bytes; null for anything but a blob. */
  readonly size: number | null;
  /** From the tree that was listed. */
  readonly path: string;
}

/**
 * @param tree anything that git takes for a tree, `<commit>:<folder>` too
 * @returns null where there is no such tree
 */
export const listTree = async (
  directory: string,
  tree: string,
  options: { readonly recursive?: boolean; readonly path?: string } = {},
): Promise<readonly TreeEntry[] | null> => {
  const { recursive = false, path } = options;
  const args = ["ls-tree", "-z", "-l", ...(recursive ? ["-r", "-t"] : []), tree];
  const listed = await askGit(directory, path === undefined ? args : [...args, "--", `:(literal)${path}`]);
  return listed === null ? null : listed.split("\0").flatMap(entryOf);
};

const entryOf = (line: string): readonly TreeEntry[] => {
  const [, mode = "", type = "", sha = "", size = "", path = ""] =
    /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
  if (type !== "blob" && type !== "commit" && type !== "tree") return [];
  return [{ mode, type, sha, size: size === "-" ? null : Number(size), path }];
};

/** The entry at a path of a commit, or null. */
export const entryAt = async (directory: string, commit: string, path: string): Promise<TreeEntry | null> =>
  (await listTree(directory, commit, { path }))?.[0] ?? null;

export const readBlob = (directory: string, sha: string): Promise<Buffer> =>
  runGit(directory, ["cat-file", "blob", sha]);

export const writeBlob = async (directory: string, content: string | Uint8Array): Promise<string> =>
  (await runGit(directory, ["hash-object", "-w", "--stdin"], { input: content })).toString("utf8").trim();

/** `blob`, `tree`, `commit`, `tag`, or null where the repository has no such object. */
export const objectType = async (directory: string, sha: string): Promise<string | null> =>
  isSha(sha) ? askGit(directory, ["cat-file", "-t", sha]) : null;

/** What may be the path of a file: git leaves others out without a word. */
export const isFilePath = (path: string): boolean =>
  path.split("/").every((step) => step !== "" && step !== "." && step !== ".." && !/^\.git$/i.test(step));

export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  /** Null deletes. */
  readonly sha: string | null;
}

/**
 * @param base the tree that the changes are made to; null: nothing
 * @returns the SHA of the tree
 */
export const writeTree = async (
  directory: string,
  base: string | null,
  changes: readonly TreeChange[],
): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "github-tree-"));
  try {
    const environment = { GIT_INDEX_FILE: join(folder, "index") };
    if (base !== null) await runGit(directory, ["read-tree", base], { environment });
    const input = (await indexLines(directory, base, changes)).map((line) => `${line}\0`).join("");
    await runGit(directory, ["update-index", "-z", "--index-info"], { environment, input });
    return (await runGit(directory, ["write-tree"], { environment })).toString("utf8").trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const folderMode = "040000";

/** An index knows files only: a folder that is replaced or deleted stands for the files in it. */
const indexLines = async (
  directory: string,
  base: string | null,
  changes: readonly TreeChange[],
): Promise<readonly string[]> => {
  const present = base === null ? [] : await filesOf(directory, base);
  const lines: string[] = [];
  for (const { path, mode, sha } of changes) {
    const isFolder = mode === folderMode && sha !== null;
    const gone = sha === null || isFolder ? present.filter((one) => isWithin(one.path, path)) : [];
    lines.push(...gone.map((one) => `0 ${noSha}\t${one.path}`));
    const added = isFolder ? await filesOf(directory, sha) : [];
    lines.push(...added.map((one) => `${one.mode} ${one.sha}\t${path}/${one.path}`));
    if (sha !== null && !isFolder) lines.push(`${mode} ${sha}\t${path}`);
  }
  return lines;
};

const filesOf = async (directory: string, tree: string): Promise<readonly TreeEntry[]> =>
  ((await listTree(directory, tree, { recursive: true })) ?? []).filter(({ type }) => type !== "tree");

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
