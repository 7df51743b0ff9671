import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { aProject } from "../testing/builders.ts";
import { assessTemplates, isUpToDate, planSync } from "./assess-templates.ts";
import { type Digest, readStamp, stamped } from "./stamp.ts";
import { type Templates, wantedFiles } from "./wanted-files.ts";

const digest: Digest = (text) => createHash("sha256").update(text).digest("hex");

const templates: Templates = new Map([
  ["claude-implement.yml", "name: implement\n"],
  ["claude-plan.yml", "name: plan\n"],
  ["comment-trigger.yml", "name: comment\n"],
  ["WORKFLOW.md", "How to work\n"],
  ["PLANNING.md", "How to plan\n"],
]);
const wanted = wantedFiles([aProject({ executor: "github-actions" })]);
const folder = ".github/workflows";
const implement = `${folder}/claude-implement.yml`;
const trigger = `${folder}/ai-implement-comment-trigger.yml`;

const everything: ReadonlyMap<string, string> = planSync({ wanted, templates, digest }, []);

const assess = (change: Readonly<Record<string, string | null>>) => {
  const found = new Map(everything);
  for (const [path, text] of Object.entries(change))
    if (text === null) found.delete(path);
    else found.set(path, text);
  const assessed = assessTemplates({ wanted, templates, found, digest });
  const writes = planSync({ wanted, templates, digest }, assessed);
  return { assessed, off: assessed.filter((file) => !isUpToDate(file)), writes: [...writes.keys()] };
};

describe("how a repository's files stand to ours (§12)", () => {
  it("is missing, all of them, where there is nothing", () => {
    const assessed = assessTemplates({ wanted, templates, found: new Map(), digest });
    expect(assessed.every(({ state }) => state === "missing")).toBe(true);
    expect([...planSync({ wanted, templates, digest }, assessed).keys()]).toEqual(
      wanted.map(({ path }) => path),
    );
  });

  it("is current after a sync, and what was seeded is theirs", () => {
    const { assessed, writes } = assess({ "WORKFLOW.md": "Ours, rewritten\n" });
    expect(assessed.map(({ state }) => state)).toEqual(["current", "current", "current", "seeded", "seeded"]);
    expect(writes).toEqual([]);
  });

  it("is stale where an older copy of ours is unchanged", () => {
    const { off, writes } = assess({ [implement]: stamped("claude-implement.yml", "name: older\n", digest) });
    expect(off).toEqual([{ path: implement, state: "stale" }]);
    expect(writes).toEqual([implement]);
  });

  it.each([
    ["a line was added", `${everything.get(implement)}# mine\n`],
    ["the first line was taken away", "name: implement\n"],
    ["the checksum was changed", stamped("claude-implement.yml", "name: implement\n", () => "0".repeat(64))],
    ["it is another of our templates", everything.get(trigger) ?? ""],
    ["its line endings were changed", (everything.get(implement) ?? "").replaceAll("\n", "\r\n")],
    ["it is empty", ""],
  ])("is edited where %s, and is brought back", (_, text) => {
    const { off, writes } = assess({ [implement]: text });
    expect(off).toEqual([{ path: implement, state: "edited" }]);
    expect(writes).toEqual([implement]);
  });

  it("is renamed where the same workflow has another name, changed or not", () => {
    for (const text of [everything.get(implement) ?? "", `${everything.get(implement)}# mine\n`]) {
      const { off, writes } = assess({ [implement]: null, [`${folder}/robot.yml`]: text });
      expect(off).toEqual([{ path: implement, state: "renamed", foundAt: `${folder}/robot.yml` }]);
      expect(writes).toEqual([implement]);
    }
  });

  it("is missing, not renamed, where only a stranger's workflow or a file elsewhere is there", () => {
    const { off } = assess({
      [implement]: null,
      [`${folder}/theirs.yml`]: "name: theirs\n",
      "docs/claude-implement.yml": everything.get(implement) ?? "",
    });
    expect(off).toEqual([{ path: implement, state: "missing" }]);
  });

  it("seeds once: a file that was removed after it came with its workflow is not wanted", () => {
    expect(assess({ "WORKFLOW.md": null }).writes).toEqual([]);
    const planFile = `${folder}/claude-plan.yml`;
    expect(assess({ "PLANNING.md": null, [planFile]: null }).writes).toEqual([planFile, "PLANNING.md"]);
  });

  it("never overwrites what was there before the first sync, and replaces a workflow of that name", () => {
    const found = new Map([
      ["WORKFLOW.md", "Theirs\n"],
      [implement, "name: theirs\n"],
    ]);
    const assessed = assessTemplates({ wanted, templates, found, digest });
    const writes = planSync({ wanted, templates, digest }, assessed);
    expect(writes.has("WORKFLOW.md")).toBe(false);
    expect(writes.get(implement)).toBe(everything.get(implement));
    expect(writes.has("PLANNING.md")).toBe(true);
  });
});

describe("the first line of a file of ours", () => {
  it("names the template and the checksum of all that follows it", () => {
    const text = stamped("claude-plan.yml", "name: plan\n", digest);
    expect(text.split("\n")[0]).toBe(
      `# ai-implement-template: claude-plan.yml sha256:${digest("name: plan\n")}`,
    );
    expect(readStamp(text)).toEqual({
      template: "claude-plan.yml",
      checksum: digest("name: plan\n"),
      content: "name: plan\n",
    });
  });

  it.each(["", "\n# ai-implement-template: x sha256:00\n", "# ai-implement-template: x sha256:ABC\n", "x"])(
    "is not there in %j",
    (text) => expect(readStamp(text)).toBeNull(),
  );
});
