import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./page.ts";

const skipped: ReadonlySet<string> = new Set(["node_modules", "dist", "coverage", "test-results"]);

/** Files of this repository below a folder, by their paths from its root. */
export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return skipped.has(entry.name) || entry.name.startsWith(".") ? [] : [path, ...filesBelow(path)];
    return [path];
  });

/** What the programs say, as they would print it: their sources and the workflows, tests left out. */
export const spokenText = (): string =>
  [
    ...filesBelow("packages/orchestrator/src"),
    ...filesBelow("packages/runner/src"),
    ...filesBelow("templates"),
  ]
    .filter((path) => /\.(ts|yml|md)$/.test(path) && !/\.test\.ts$|\/testing\//.test(path))
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n")
    .replace(/\\(["'`])/g, "$1");
