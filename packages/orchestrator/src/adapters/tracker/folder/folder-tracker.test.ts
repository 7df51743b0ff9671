import { readdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TicketRef } from "../../../core/runs/effects.ts";
import type { WantedStage } from "../../../core/ticket.ts";
import { contractProject } from "../contract-project.ts";
import { openTicketFolder, type TicketFolderScene, ticketText } from "./testing/ticket-folder-scene.ts";

let scene: TicketFolderScene;
beforeEach(async () => {
  scene = await openTicketFolder();
});
afterEach(async () => {
  await scene.close();
});

const ref = (name: string): TicketRef => ({
  id: `folder:tickets/${name}`,
  tracker: "folder",
  scope: "acme",
  identifier: name,
});
const addReady = (id: string, more: Readonly<Record<string, string>> = {}): Promise<void> =>
  scene.write(`${id}.md`, ticketText({ id, title: `Title of ${id}`, status: "Ready", ...more }));
const setStage = (id: string, stage: WantedStage): Promise<void> =>
  scene.tracker.apply({ kind: "stage", ticket: ref(id), stage }, `stage:${stage}`);
const listed = async (tracker = scene.tracker) => (await tracker.listMarked([scene.project])).tickets;
const only = async (tracker = scene.tracker) => {
  const tickets = await listed(tracker);
  expect(tickets).toHaveLength(1);
  return tickets[0];
};

describe("reading a ticket", () => {
  test("§5.2 front matter becomes the normalised ticket", async () => {
    await scene.write(
      "any name.md",
      `\uFEFF---\r\nid: 007\r\ntitle: "Add: a  total"\r\nstatus: ready\r\npriority: High\r\ncreated: 2026-01-02\r\nowner: me\r\n---\r\n\r\nBody\r\n---\r\nafter a rule\r\n`,
    );
    const at = new Date("2026-05-01T10:00:00Z");
    await utimes(scene.path("any name.md"), at, at);
    expect(await only()).toEqual({
      id: "folder:tickets/007",
      tracker: "folder",
      identifier: "007",
      title: "Add: a total",
      description: "Body\r\n---\r\nafter a rule",
      url: `file://${scene.path("any%20name.md")}`,
      scope: "acme",
      stage: "marked",
      lifecycle: "active",
      planApproved: false,
      blockedBy: [],
      priority: 2,
      createdAt: Date.UTC(2026, 0, 2),
      updatedAt: at.getTime(),
      relatives: [],
    });
  });

  test("§5.2 without a date of its own a ticket is as old as its file", async () => {
    await addReady("A-1");
    const at = new Date("2020-05-01T10:00:00Z");
    await utimes(scene.path("A-1.md"), at, at);
    expect(await only()).toMatchObject({ createdAt: at.getTime(), updatedAt: at.getTime(), priority: 0 });
  });

  test("§5.2 the parent and its other children are relatives, cut to size", async () => {
    await scene.write("P.md", ticketText({ id: "P", title: "Epic" }, "e".repeat(5000)));
    await addReady("A-1", { parent: "P" });
    await scene.write("B.md", ticketText({ id: "B", title: "Sibling", parent: "P" }, ""));
    await scene.write("C.md", ticketText({ id: "C", title: "Elsewhere" }));
    const relatives = (await only())?.relatives ?? [];
    expect(relatives.map(({ identifier, relation }) => [identifier, relation])).toEqual([
      ["P", "parent"],
      ["B", "sibling"],
    ]);
    expect(relatives[0]?.description).toMatch(/^e{2000}\n… \(cut\)$/);
  });

  test("§5.2 a blocker that is unknown, unreadable or without a status still blocks, and says so", async () => {
    await addReady("A-1", { blocked_by: "[GONE, BROKEN, DRAFT, DONE]" });
    await scene.write("broken.md", ticketText({ id: "BROKEN" }));
    await scene.write("draft.md", ticketText({ id: "DRAFT", title: "Draft" }));
    await scene.write("done.md", ticketText({ id: "DONE", title: "Done", status: "Won’t do" }));
    expect((await only())?.blockedBy).toEqual([
      { identifier: "GONE", state: "not found" },
      { identifier: "BROKEN", state: "cannot be read" },
      { identifier: "DRAFT", state: "no status" },
    ]);
  });

  test("§6 an edit is seen at the next look, whatever was read before", async () => {
    await addReady("A-1");
    await only();
    await scene.write("A-1.md", ticketText({ id: "A-1", title: "Another title", status: "Plan Approved" }));
    expect(await only()).toMatchObject({
      title: "Another title",
      stage: "plan-complete",
      planApproved: true,
    });
  });

  test("§5.1 a project of another tracker is not read; two projects may not share a folder", async () => {
    await addReady("A-1");
    const linear = contractProject({ kind: "linear" }, "OTHER");
    expect((await scene.tracker.listMarked([linear, scene.project])).tickets).toHaveLength(1);
    const twin = contractProject({ kind: "folder", path: "./tickets/" }, "twin");
    const { tickets, problems } = await scene.tracker.listMarked([scene.project, twin]);
    expect(tickets).toEqual([]);
    expect(problems).toEqual([
      expect.objectContaining({
        source: "tickets",
        problem: expect.stringContaining("acme, twin") as string,
      }),
    ]);
  });
});

describe("the author's file and our sidecar", () => {
  test("§7.1 the author's file is never rewritten; the sidecar is pleasant to read", async () => {
    await addReady("A-1");
    const before = await scene.read("A-1.md");
    await setStage("A-1", "planning");
    await scene.tracker.apply(
      { kind: "comment", ticket: ref("A-1"), body: "## Plan\n\n1. one\n2. two: `x`" },
      "k1",
    );
    expect(await scene.read("A-1.md")).toBe(before);
    expect(await scene.read(".ai-implement/A-1.yml")).toBe(
      [
        "# AI-Implement keeps its side of this ticket here.",
        "# To have it worked on again, set `status` to `Ready` or `Plan Approved`.",
        "",
        "status: Planning",
        "seen_status: Ready",
        "comments:",
        "  - key: k1",
        "    at: 2026-11-22T09:12:00.000Z",
        "    body: |-",
        "      ## Plan",
        "",
        "      1. one",
        "      2. two: `x`",
        "",
      ].join("\n"),
    );
    expect(await readdir(scene.path(".ai-implement"))).toEqual(["A-1.yml"]);
  });

  test("§7.1 waiting for approval stays `Planning` until the author writes `Plan Approved`", async () => {
    await addReady("A-1");
    await setStage("A-1", "awaiting-approval");
    expect(await only()).toMatchObject({ stage: "planning", planApproved: false });
    await addReady("A-1", { status: "Plan Approved" });
    expect(await only()).toMatchObject({ stage: "plan-complete", planApproved: true });
    await setStage("A-1", "implementing");
    expect(await only()).toMatchObject({ stage: "implementing" });
  });

  test("§7.1 an approval that came early is not written over by the end of planning", async () => {
    await addReady("A-1");
    await setStage("A-1", "planning");
    await addReady("A-1", { status: "Plan Approved" });
    await setStage("A-1", "awaiting-approval");
    expect(await only()).toMatchObject({ planApproved: true });
  });

  test.each(["Ready", "Plan Approved"])(
    "§7.1 `%s` in the sidecar marks a failed ticket again",
    async (word) => {
      await addReady("A-1");
      await setStage("A-1", "implementing-failed");
      const text = await scene.read(".ai-implement/A-1.yml");
      await scene.write(".ai-implement/A-1.yml", text.replace(/^status: .*$/m, `status: ${word}`));
      expect((await only())?.stage).toBe(word === "Ready" ? "marked" : "plan-complete");
    },
  );

  test("§7.1 taken off and put back in the author's file is marked again, even over a restart", async () => {
    await addReady("A-1");
    await setStage("A-1", "pr-open");
    await addReady("A-1", { status: "Backlog" });
    expect(await listed()).toEqual([]);
    await addReady("A-1");
    expect((await only(scene.restarted()))?.stage).toBe("marked");
  });

  test("§7.1 closed in the sidecar stays closed when the run is cleared away", async () => {
    await addReady("A-1");
    await setStage("A-1", "implementing");
    await scene.write(".ai-implement/A-1.yml", "status: Cancelled\nseen_status: Ready\n");
    await setStage("A-1", "cleared");
    expect(await listed()).toEqual([]);
  });

  test("§7.1 clearing keeps the comments", async () => {
    await addReady("A-1");
    await setStage("A-1", "implementing");
    await scene.tracker.apply({ kind: "comment", ticket: ref("A-1"), body: "said" }, "k1");
    await setStage("A-1", "cleared");
    expect(await scene.sidecar("A-1")).toEqual({
      comments: [{ key: "k1", at: "2026-11-22T09:12:00.000Z", body: "said" }],
    });
  });

  test("§9 what a crash left half-written is neither read nor in the way", async () => {
    await addReady("A-1");
    await scene.write(".ai-implement/A-1.yml.tmp", "status: Mer");
    await setStage("A-1", "planning");
    expect((await only())?.stage).toBe("planning");
    expect(await readdir(scene.path(".ai-implement"))).toEqual(["A-1.yml"]);
  });

  test("§9 two writers in turn keep each other's comments", async () => {
    await addReady("A-1");
    const other = scene.restarted();
    for (let round = 0; round < 5; round += 1) {
      await scene.tracker.apply({ kind: "comment", ticket: ref("A-1"), body: "ours" }, `ours ${round}`);
      await other.apply({ kind: "comment", ticket: ref("A-1"), body: "theirs" }, `theirs ${round}`);
    }
    expect((await scene.sidecar("A-1")).comments).toHaveLength(10);
  });

  test.each([
    ["broken YAML", "status: [Ready\ncomments:\n"],
    ["another shape", "comments: { a: b }\n"],
    ["a repeated key", "status: Ready\nstatus: Done\n"],
  ])("a sidecar with %s is named, never written over, and its ticket not worked on", async (_, text) => {
    await addReady("A-1");
    await scene.write(".ai-implement/A-1.yml", text);
    const { tickets, problems } = await scene.tracker.listMarked([scene.project]);
    expect(tickets).toEqual([]);
    expect(problems).toEqual([expect.objectContaining({ source: "tickets/.ai-implement/A-1.yml" })]);
    await expect(setStage("A-1", "planning")).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(/tickets\/\.ai-implement\/A-1\.yml.*Mend the sidecar/) as string,
    });
    await expect(scene.tracker.lookUp([ref("A-1").id], [scene.project])).rejects.toThrow("A-1.yml");
    expect(await scene.read(".ai-implement/A-1.yml")).toBe(text);
  });
});

describe("§5.4 a failed look-up is never absent", () => {
  test("a ticket whose file was broken after its dispatch", async () => {
    await addReady("A-1");
    await only();
    await scene.write("A-1.md", "---\nid: A-1\ntitle: [\n---\n");
    await expect(scene.tracker.lookUp([ref("A-1").id], [scene.project])).rejects.toThrow("tickets/A-1.md");
  });

  test("a ticket whose id a second file claims", async () => {
    await addReady("A-1");
    await scene.write("copy.md", ticketText({ id: "a-1", title: "Copy" }));
    await expect(scene.tracker.lookUp([ref("A-1").id], [scene.project])).rejects.toThrow("copy.md");
  });

  test("a folder that is not there, by the name of its setting; other folders' tickets are not asked", async () => {
    await rename(scene.path("."), join(scene.root, "moved"));
    await expect(scene.tracker.listMarked([scene.project])).rejects.toThrow(
      /"tickets" in TICKETS_DIR.*ENOENT/,
    );
    await expect(scene.tracker.lookUp([ref("A-1").id], [scene.project])).rejects.toThrow("TICKETS_DIR");
    // No project uses it any more: then its tickets are gone with it.
    expect(await scene.tracker.lookUp([ref("A-1").id], [])).toEqual(new Map([[ref("A-1").id, null]]));
    await rm(scene.root, { recursive: true });
    await expect(scene.tracker.lookUp([ref("A-1").id], [])).rejects.toThrow("TICKETS_DIR");
  });

  test("a ticket whose project moved to another folder", async () => {
    await addReady("A-1");
    const found = await scene.tracker.lookUp([ref("A-1").id], []);
    expect(found.get(ref("A-1").id)).toMatchObject({ marked: true, ticket: { scope: "tickets" } });
  });
});
