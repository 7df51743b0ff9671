import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Project } from "../../../core/project.ts";
import { contractProject } from "../contract-project.ts";
import { createFolderTracker } from "./folder-tracker.ts";
import { openTicketFolder, type TicketFolderScene } from "./testing/ticket-folder-scene.ts";

let scene: TicketFolderScene;
beforeEach(async () => {
  scene = await openTicketFolder();
});
afterEach(async () => {
  await scene.close();
});

describe("§7 settings", () => {
  test("a missing folder, a file in its place, something in the sidecars' place: each is said", async () => {
    const problemsOf = async (project: Project) =>
      (await scene.tracker.check(project)).map(({ problem }) => problem?.what);
    const problemOf = (path: string) => problemsOf(contractProject({ kind: "folder", path }));
    expect(await problemOf("missing")).toEqual([expect.stringMatching(/"missing".*create it/)]);
    await writeFile(join(scene.root, "file"), "");
    expect(await problemOf("file")).toEqual([expect.stringContaining("ENOTDIR")]);
    await scene.write(".ai-implement", "a file");
    expect(await problemsOf(scene.project)).toEqual([expect.stringContaining(".ai-implement")]);
    await expect(scene.tracker.listMarked([scene.project])).rejects.toThrow(".ai-implement");
  });

  test("a folder that a link leads out of TICKETS_DIR is refused", async () => {
    const root = join(scene.root, "inner");
    await mkdir(root);
    await symlink(scene.path("."), join(root, "out"));
    const tracker = createFolderTracker({ root, clock: { now: () => 0 } });
    const outside = contractProject({ kind: "folder", path: "out" });
    await expect(tracker.listMarked([outside])).rejects.toThrow("leads out of TICKETS_DIR");
    const [finding] = await tracker.check(outside);
    expect(finding?.problem?.what).toContain("leads out of TICKETS_DIR");
  });
});
