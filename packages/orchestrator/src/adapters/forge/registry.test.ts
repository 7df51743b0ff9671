import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { forgeFactories } from "./registry.ts";

const notForges = new Set(["shared", "testing"]);

test("§3 every folder of a forge is in the registry, and the other way round", async () => {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory() && !notForges.has(entry.name))
    .map(({ name }) => name);
  expect(folders.sort()).toEqual(Object.keys(forgeFactories).sort());
});
