import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { trackerFactories } from "./registry.ts";

const notTrackers = new Set(["shared"]);

test("§3 every folder of a tracker is in the registry, and the other way round", async () => {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory() && !notTrackers.has(entry.name))
    .map(({ name }) => name);
  expect(folders.sort()).toEqual(Object.keys(trackerFactories).sort());
});
