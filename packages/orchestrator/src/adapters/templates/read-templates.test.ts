import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { templateNames } from "../../core/templates/wanted-files.ts";
import { readTemplates, templatesDirectory } from "./read-templates.ts";

it("reads every template of this installation (§12)", async () => {
  const templates = await readTemplates(templatesDirectory());
  expect([...templates.keys()]).toEqual([...templateNames]);
  for (const name of ["claude-implement.yml", "claude-plan.yml"] as const)
    expect(templates.get(name)).toContain("workflow_dispatch:");
  for (const text of templates.values()) expect(text.endsWith("\n")).toBe(true);
});

it("names the template that is not there", async () => {
  const directory = await mkdtemp(join(tmpdir(), "ai-implement-templates-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const name of templateNames.slice(1)) await writeFile(join(directory, name), "x");
  await expect(readTemplates(directory)).rejects.toThrow(join(directory, "claude-implement.yml"));
});
