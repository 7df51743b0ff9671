import { createColors } from "picocolors";
import { beforeEach, describe, expect, it } from "vitest";
import type { Project } from "../core/project.ts";
import { aProject } from "../core/testing/builders.ts";
import { createTemplateSync, type TemplateSync } from "../services/templates/template-sync.ts";
import { templatesOfVersion } from "../services/templates/testing/our-templates.ts";
import { refusal } from "../services/testing/faults.ts";
import { useScene } from "../services/testing/scene.ts";
import { adaptersOf, createWorld } from "../services/testing/world.ts";
import { createWorldForge } from "../services/testing/world-forge.ts";
import { type SyncCommand, syncCommand } from "./sync.ts";

const onActions = (key: string, overrides: Partial<Project> = {}): Project =>
  aProject({
    key,
    executor: "github-actions",
    repository: { forge: "github", owner: "acme", name: key.toLowerCase(), defaultBranch: "main" },
    ...overrides,
  });

describe("`ai-implement sync` (§12)", () => {
  const scene = useScene({
    projects: [onActions("SHOP"), onActions("HERE", { executor: "process" })],
    makeWorld: () => ({ ...createWorld(), forge: createWorldForge("github") }),
  });
  let templateSync: TemplateSync;
  beforeEach(() => {
    const { store, world, logger } = scene;
    const templates = async () => templatesOfVersion("1");
    templateSync = createTemplateSync({ store, adapters: adaptersOf(world), templates, logger });
  });

  const run = async (flags: Partial<SyncCommand["flags"]> = {}, signal = new AbortController().signal) => {
    const written: string[] = [];
    const code = await syncCommand({
      store: scene.store,
      templateSync,
      flags: { check: false, json: false, project: null, ...flags },
      output: { isTTY: false, columns: undefined, write: (text) => void written.push(text) },
      colours: createColors(false),
      signal,
    });
    return { code, text: written.join("") };
  };
  const merged = async (): Promise<void> => {
    await run();
    scene.world.forge.end(1, "merged");
  };

  it("says of each project, in a line, what became of it", async () => {
    expect(await run()).toEqual({
      code: 0,
      text: [
        "· HERE  acme/here  The runs of HERE go to process: only github-actions needs workflows in the repository.",
        `✓ SHOP  acme/shop  proposed in https://forge.example/acme/shop/pull/1 (${[
          ".github/workflows/claude-implement.yml missing",
          ".github/workflows/claude-plan.yml missing",
          ".github/workflows/ai-implement-comment-trigger.yml missing",
          "WORKFLOW.md missing",
          "PLANNING.md missing",
        ].join("; ")})`,
        "",
      ].join("\n"),
    });
    scene.world.forge.end(1, "merged");
    expect((await run({ project: "SHOP" })).text).toBe("✓ SHOP  acme/shop  up to date\n");
  });

  it("ends with 1 where one failed, and goes on with the others", async () => {
    await scene.store.createProject(onActions("BAD", { workflowFile: "../x.yml" }));
    const { code, text } = await run();
    expect(code).toBe(1);
    expect(text).toMatch(/^✗ BAD {3}acme\/bad {2}The workflowFile of BAD has to be the name of a file/m);
    expect(text).toMatch(/^✓ SHOP /m);
    scene.world.forge.faults.next("readFile", refusal);
    expect(await run({ project: "SHOP" })).toEqual({
      code: 1,
      text: "✗ SHOP  acme/shop  the github forge answers 422\n",
    });
  });

  it("with --check only looks, and ends with 1 where something is not up to date", async () => {
    await merged();
    expect(await run({ check: true })).toMatchObject({ code: 0 });
    const { repository } = onActions("SHOP");
    scene.world.forge.files.write(repository, ".github/workflows/claude-plan.yml", "name: mine\n");
    expect(await run({ check: true, project: "SHOP" })).toEqual({
      code: 1,
      text: "! SHOP  acme/shop  not up to date: .github/workflows/claude-plan.yml edited\n",
    });
    expect(scene.world.forge.pullRequests).toHaveLength(1);
  });

  it("with --json is one document", async () => {
    const { text } = await run({ json: true });
    expect(JSON.parse(text)).toMatchObject({
      ok: true,
      projects: [
        { teamKey: "HERE", outcome: "not-needed", pullRequest: null, files: [] },
        {
          teamKey: "SHOP",
          repository: "acme/shop",
          outcome: "proposed",
          pullRequest: { number: 1, url: "https://forge.example/acme/shop/pull/1" },
          files: Array(5).fill({ state: "missing" }),
          why: null,
        },
      ],
    });
  });

  it("names the keys that there are when there is none like that", async () => {
    await expect(run({ project: "SHIP" })).rejects.toThrow(
      "There is no project SHIP: use one of HERE, SHOP.",
    );
  });

  it("has nothing to do without projects, and stops when it is told to", async () => {
    await expect(run({}, AbortSignal.abort())).rejects.toThrow("interrupted");
    for (const key of ["HERE", "SHOP"]) await scene.store.deleteProject(key);
    expect(await run()).toEqual({
      code: 0,
      text: "No project is stored yet: there is nothing to synchronise.\n",
    });
  });
});
