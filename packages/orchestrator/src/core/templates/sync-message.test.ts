import { expect, it } from "vitest";
import { syncBody } from "./sync-message.ts";

it("says of every file that it writes why, and of no other (§12)", () => {
  const body = syncBody([
    { path: ".github/workflows/a.yml", state: "stale" },
    { path: ".github/workflows/b.yml", state: "edited" },
    { path: ".github/workflows/c.yml", state: "missing" },
    { path: ".github/workflows/d.yml", state: "renamed", foundAt: ".github/workflows/`x`<!--.yml" },
    { path: ".github/workflows/e.yml", state: "current" },
    { path: "WORKFLOW.md", state: "missing" },
    { path: "PLANNING.md", state: "seeded" },
  ]);
  const lines = body.split("\n").filter((line) => line.startsWith("- "));
  expect(lines).toEqual([
    expect.stringMatching(/a\.yml`: an older version/),
    expect.stringMatching(/b\.yml`: \*\*it was changed by hand, and this takes that change back/),
    expect.stringMatching(/c\.yml`: it is not there/),
    expect.stringMatching(/d\.yml`: it is there under another name, `.*x.*`.* Remove that one/),
    expect.stringMatching(/WORKFLOW\.md`: a first version.*no sync overwrites it/),
  ]);
  // A file's name is a stranger's text.
  expect(body).not.toContain("<!--");
});
