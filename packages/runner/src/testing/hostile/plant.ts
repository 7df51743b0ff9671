import { chmod, mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { git } from "../sample-remote.ts";
import type { Plant } from "./attack.ts";

/** Puts the files of the attacks into a person's clone, and pushes them to its main branch. */
export const plant = async (clone: string, plants: readonly Plant[]): Promise<void> => {
  if (plants.length === 0) return;
  for (const one of plants) await plantOne(clone, one);
  await git(clone, "add", "--all", "--force");
  for (const one of plants)
    if ("submodule" in one)
      await git(clone, "update-index", "--add", "--cacheinfo", `160000,${one.submodule},${one.path}`);
  await git(clone, "commit", "--quiet", "--message", "what a stranger left");
  await git(clone, "push", "--quiet", "origin", "main");
};

const plantOne = async (clone: string, one: Plant): Promise<void> => {
  if ("submodule" in one) return;
  const path = join(clone, one.path);
  await mkdir(dirname(path), { recursive: true });
  if ("symlink" in one) return symlink(one.symlink, path);
  if ("recipe" in one) return cook(path, one.recipe);
  await writeFile(path, one.text);
  if (one.executable === true) await chmod(path, 0o755);
};

const mebibyte = 1024 * 1024;

const cook = async (path: string, recipe: "gzip-bomb" | "sparse" | "deep" | "binary"): Promise<void> => {
  switch (recipe) {
    case "gzip-bomb":
      // A bomb in a bomb: a few kilobytes that are 64 MB when they are opened twice.
      return writeFile(path, gzipSync(gzipSync(Buffer.alloc(64 * mebibyte))));
    case "sparse":
      await writeFile(path, "");
      return truncate(path, 32 * mebibyte);
    case "deep": {
      const folder = join(path, ...Array.from({ length: 60 }, (_, depth) => `level-${depth}`));
      await mkdir(folder, { recursive: true });
      return writeFile(join(folder, "bottom.txt"), "the bottom\n");
    }
    case "binary":
      return writeFile(path, Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7) % 256)));
  }
};
