import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFolderTracker } from "./folder-tracker.ts";
import { openTicketFolder, type TicketFolderScene, ticketText } from "./testing/ticket-folder-scene.ts";

let scene: TicketFolderScene;
beforeEach(async () => {
  scene = await openTicketFolder();
});
afterEach(async () => {
  await scene.close();
});

test("§6 a dry run sees that a person overruled us, and leaves no trace of having looked", async () => {
  const ready = ticketText({ id: "A-1", title: "A title", status: "Ready" });
  await scene.write("A-1.md", ready);
  const ticket = { id: "folder:tickets/A-1", tracker: "folder", scope: "acme", identifier: "A-1" } as const;
  await scene.tracker.apply({ kind: "stage", ticket, stage: "pr-open" }, "stage:1");
  await scene.write("A-1.md", ready.replace("Ready", "Plan Approved"));
  const before = await readFile(scene.path(".ai-implement/A-1.yml"), "utf8");

  const looking = createFolderTracker({ root: scene.root, clock: { now: () => 0 }, readOnly: true });
  const { tickets } = await looking.listMarked([scene.project]);
  expect(tickets.map(({ stage }) => stage)).toEqual(["plan-complete"]);
  expect(await readFile(scene.path(".ai-implement/A-1.yml"), "utf8")).toBe(before);

  await scene.tracker.listMarked([scene.project]);
  expect(await readFile(scene.path(".ai-implement/A-1.yml"), "utf8")).not.toBe(before);
});
