import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { executorFactories } from "./registry.ts";

const notExecutors = new Set(["testing", "shared"]);

it("every executor's folder is in the registry, and nothing else", async () => {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory() && !notExecutors.has(entry.name))
    .map(({ name }) => name);
  expect(folders.sort()).toEqual(Object.keys(executorFactories).sort());
});
