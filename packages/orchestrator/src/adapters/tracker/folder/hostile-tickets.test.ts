import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTicketFolder, type TicketFolderScene, ticketText } from "./testing/ticket-folder-scene.ts";

let scene: TicketFolderScene;
beforeEach(async () => {
  scene = await openTicketFolder({ maxFiles: 20 });
  await scene.write("GOOD.md", ticketText({ id: "GOOD", title: "A good one", status: "Ready" }));
});
afterEach(async () => {
  await scene.close();
});

/** The one problem; the good ticket beside it is always worked on. */
const problem = async () => {
  const { tickets, problems } = await scene.tracker.listMarked([scene.project]);
  expect(tickets.map(({ identifier }) => identifier)).toEqual(["GOOD"]);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.fix).not.toBe("");
  return problems[0];
};

const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"]
  .concat(
    [..."bcdefghi"].map((name, index) => {
      const previous = `*${"abcdefgh"[index]}`;
      return `${name}: &${name} [${Array(9).fill(previous).join(", ")}]`;
    }),
  )
  .join("\n");

const malformed: readonly [name: string, text: string | Uint8Array, says: RegExp][] = [
  ["broken YAML, with its line", "---\nid: BAD\ntitle: [\n---\n", /not valid YAML \(line \d\)/],
  ["an unquoted colon", "---\nid: BAD\ntitle: fix: this\n---\n", /not valid YAML \(line 3\)/],
  ["a repeated field", "---\nid: BAD\nid: GOOD2\ntitle: x\n---\n", /unique/],
  ["front matter that never closes", "---\nid: BAD\ntitle: x\n", /never closed/],
  ["front matter that is a list", "---\n- id\n---\n", /field: value/],
  ["no id", ticketText({ title: "x" }), /`id` is missing/],
  ["an empty title", ticketText({ id: "BAD", title: "" }), /`title` is missing/],
  ["an id that climbs out", ticketText({ id: "../../etc", title: "x" }), /`id` is not valid: "..\/..\/etc"/],
  ["an id that looks like an option", ticketText({ id: "'-rf'", title: "x" }), /`id` is not valid/],
  ["an id of 61 characters", ticketText({ id: "a".repeat(61), title: "x" }), /`id` is not valid/],
  [
    "an unknown priority",
    ticketText({ id: "BAD", title: "x", priority: "p0" }),
    /`priority` is not valid: "p0"/,
  ],
  [
    "an inherited name as priority",
    ticketText({ id: "BAD", title: "x", priority: "constructor" }),
    /priority/,
  ],
  ["a date that is none", ticketText({ id: "BAD", title: "x", created: "2026-13-45" }), /`created`/],
  ["itself as a blocker", ticketText({ id: "BAD", title: "x", blocked_by: "BAD" }), /names itself/],
  ["an alias bomb", `---\n${bomb}\nid: BAD\ntitle: *i\n---\n`, /alias/i],
  ["nesting without end", `---\nid: ${"[".repeat(15_000)}\n---\n`, /not valid YAML/],
  ["front matter without end", `---\nid: BAD\ntitle: ${"x".repeat(20_000)}\n---\n`, /20\d{3} characters/],
  ["a 5 MB body", ticketText({ id: "BAD", title: "x" }, "x".repeat(5_000_000)), /larger than 256 KiB/],
  ["bytes that are not UTF-8", Buffer.from([0x2d, 0x2d, 0x2d, 0x0a, 0xff, 0xfe]), /not UTF-8/],
];

test.each(malformed)(
  "§2 a ticket with %s is reported by name and never dispatched",
  async (_, text, says) => {
    await scene.write("bad.md", text);
    const told = await problem();
    expect(told?.source).toBe("tickets/bad.md");
    expect(told?.problem).toMatch(says);
  },
);

// The parser's own "Maximum call stack size exceeded" would not do: now and then V8 ends the process instead.
test.each(["[", "- ", "? ", "{a: ", "[{", "- [", "!x [", "? - "])(
  "§11.9 a ticket that nests %j without end is refused before the parser sees it",
  async (spelling) => {
    const depth = Math.floor(16_000 / spelling.length);
    await scene.write("bad.md", `---\n${spelling.repeat(depth)}\n---\n`);
    expect((await problem())?.problem).toContain("nests too deeply");
  },
);

test("§11.9 so is a sidecar that nests by indentation, which may be longer", async () => {
  const lines = Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`);
  await scene.write(".ai-implement/GOOD.yml", lines.join("\n"));
  const { tickets, problems } = await scene.tracker.listMarked([scene.project]);
  expect(tickets).toEqual([]);
  expect(problems[0]?.problem).toContain("nests too deeply");
});

test("§11.9 a sidecar of more parts than ours ever has is refused before the parser sees it", async () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: v`);
  await scene.write(".ai-implement/GOOD.yml", keys.join("\n"));
  const { problems } = await scene.tracker.listMarked([scene.project]);
  expect(problems[0]?.problem).toContain("too many parts");
});

test("a comment of ours may look nested: it is text", async () => {
  const ticket = { id: "folder:tickets/GOOD", tracker: "folder", scope: "acme", identifier: "GOOD" } as const;
  const body = `${"- ".repeat(100)}\n${"[".repeat(100)}\n${" ".repeat(300)}x\n`;
  await scene.tracker.apply({ kind: "comment", ticket, body }, "k");
  expect((await scene.tracker.listMarked([scene.project])).problems).toEqual([]);
});

test("an id that two files claim: both are reported, none is worked on", async () => {
  const twin = ticketText({ id: "TWIN", title: "x", status: "Ready" });
  await scene.write("one.md", twin);
  await scene.write("two.md", twin);
  const { tickets, problems } = await scene.tracker.listMarked([scene.project]);
  expect(tickets.map(({ identifier }) => identifier)).toEqual(["GOOD"]);
  expect(problems.map(({ source, problem: text }) => [source, text])).toEqual([
    ["tickets/one.md", "its id is also claimed by tickets/two.md"],
    ["tickets/two.md", "its id is also claimed by tickets/one.md"],
  ]);
});

test("a ticket that is a symbolic link is refused, wherever it leads", async () => {
  const secret = join(scene.root, "secret.md");
  await writeFile(secret, ticketText({ id: "BAD", title: "secret", status: "Ready" }));
  await symlink(secret, scene.path("bad.md"));
  expect(await problem()).toMatchObject({ source: "tickets/bad.md", problem: "it is a symbolic link" });
});

test("a README, a folder, an editor's lock and a pipe among the tickets are no tickets and no problems", async () => {
  await scene.write("README.md", "# How we write tickets\n");
  await mkdir(scene.path("folder.md"));
  await symlink("nobody@host.1", scene.path(".#GOOD.md"));
  await promisify(execFile)("mkfifo", [scene.path("pipe.md")]);
  const { tickets, problems } = await scene.tracker.listMarked([scene.project]);
  expect(tickets).toHaveLength(1);
  expect(problems).toEqual([]);
});

test("too many files: said, and none is read", async () => {
  for (let index = 0; index < 20; index += 1) await scene.write(`t${index}.md`, "text");
  const { tickets, problems } = await scene.tracker.listMarked([scene.project]);
  expect(tickets).toEqual([]);
  expect(problems).toEqual([
    expect.objectContaining({
      source: "tickets",
      problem: expect.stringContaining("more than 20") as string,
    }),
  ]);
  await expect(scene.tracker.lookUp(["folder:tickets/GOOD"], [scene.project])).rejects.toThrow(
    "more than 20",
  );
});

test.each([
  "folder:tickets/../../etc/passwd",
  "folder:../x",
  "folder:tickets/a b",
  "linear:x",
  "folder:/etc/x",
])("§11 the ticket id %s is not ours: it reaches no file", async (id) => {
  expect(await scene.tracker.lookUp([id], [scene.project])).toEqual(new Map([[id, null]]));
  const ticket = { id, tracker: "folder", scope: "acme", identifier: "x" } as const;
  const write = scene.tracker.apply({ kind: "comment", ticket, body: "x" }, "k");
  await expect(write).rejects.toMatchObject({ name: "DeliveryError", retryable: false });
  expect(await readdir(scene.root)).toEqual(["tickets"]);
});

test("§11 sidecars do not follow a link out of the folder", async () => {
  const target = join(scene.root, "target");
  await mkdir(target);
  await symlink(target, scene.path(".ai-implement"));
  const ticket = { id: "folder:tickets/GOOD", tracker: "folder", scope: "acme", identifier: "GOOD" } as const;
  const write = scene.tracker.apply({ kind: "stage", ticket, stage: "planning" }, "k");
  await expect(write).rejects.toThrow(".ai-implement");
  expect(await readdir(target)).toEqual([]);
});

test("§11 a sidecar that is a link is refused, and what it leads to is left alone", async () => {
  const target = join(scene.root, "target.yml");
  await writeFile(target, "status: Done\n");
  await mkdir(scene.path(".ai-implement"));
  await symlink(target, scene.path(".ai-implement/GOOD.yml"));
  const ticket = { id: "folder:tickets/GOOD", tracker: "folder", scope: "acme", identifier: "GOOD" } as const;
  const write = scene.tracker.apply({ kind: "stage", ticket, stage: "planning" }, "k");
  await expect(write).rejects.toMatchObject({ retryable: false });
  expect(await readFile(target, "utf8")).toBe("status: Done\n");
});
