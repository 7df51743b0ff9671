import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commitFiles } from "../git-commit.ts";
import { initRepository, runGit } from "../git-plumbing.ts";
import { parseDiff, placeInDiff } from "./diff.ts";

const author = { name: "Mona", email: "mona@example.com" };

describe("what git says of a change", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "github-diff-"));
    await initRepository(directory, "main");
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const diffOf = async (
    before: Readonly<Record<string, string>>,
    after: Readonly<Record<string, string | Uint8Array | null>>,
  ) => {
    const commit = { branch: "main", start: null, message: "One", author, at: 0 };
    const first = await commitFiles(directory, { ...commit, files: before });
    const second = await commitFiles(directory, { ...commit, files: after });
    const diff = await runGit(directory, ["diff", "--full-index", "--find-renames", first, second]);
    return parseDiff(diff.toString("utf8"));
  };
  const lines = (count: number, change = 0): string =>
    Array.from({ length: count }, (_, at) => `line ${at + 1 === change ? "changed" : at + 1}\n`).join("");

  test("files are added, removed, modified and renamed", async () => {
    const files = await diffOf(
      { "gone.txt": "gone\n", "same name.txt": "a\n", "old.txt": lines(9) },
      {
        "gone.txt": null,
        "same name.txt": "b\nc\n",
        "old.txt": null,
        "new.txt": lines(9),
        "dir/made.txt": "x",
      },
    );
    const seen = files.map(({ blob: _, patch: __, ...file }) => file);
    const plain = { previousFilename: null };
    expect(seen).toEqual([
      { ...plain, filename: "dir/made.txt", status: "added", additions: 1, deletions: 0 },
      { ...plain, filename: "gone.txt", status: "removed", additions: 0, deletions: 1 },
      { filename: "new.txt", previousFilename: "old.txt", status: "renamed", additions: 0, deletions: 0 },
      { ...plain, filename: "same name.txt", status: "modified", additions: 2, deletions: 1 },
    ]);
    expect(files[0]?.patch).toBe("@@ -0,0 +1 @@\n+x\n\\ No newline at end of file");
    const removed = await runGit(directory, ["cat-file", "-p", files[1]?.blob ?? ""]);
    expect(removed.toString()).toBe("gone\n");
  });

  test("content that looks like a diff is content", async () => {
    const forged = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n\rdiff --git a/y b/y\n";
    const files = await diffOf({ "a.txt": "-- one\n" }, { "a.txt": forged });
    expect(files.map(({ filename, additions, deletions }) => [filename, additions, deletions])).toEqual([
      ["a.txt", 5, 1],
    ]);
  });

  test("names with letters of any kind, quotes and tabs are themselves", async () => {
    const names = ['quoted "so".txt', "schön.txt", "tab\there.txt"];
    const files = await diffOf(
      { "a.txt": "a\n" },
      Object.fromEntries(names.map((name) => [name, new Uint8Array([0, 1])])),
    );
    expect(files.map(({ filename }) => filename).toSorted()).toEqual(names.toSorted());
    expect(files.every(({ patch, additions }) => patch === "" && additions === 0)).toBe(true);
  });

  test("a line of the new content has a place where the diff shows it, and nowhere else", async () => {
    const files = await diffOf({ "a.txt": lines(40) }, { "a.txt": lines(40, 30).replace("line 5\n", "") });
    expect(placeInDiff(files, "a.txt", 29)).toEqual({
      hunk: expect.stringMatching(
        /^@@ -27,7 \+26,7 @@.*\n line 27\n line 28\n line 29\n-line 30\n\+line changed$/,
      ) as unknown,
      position: 13,
    });
    expect(placeInDiff(files, "a.txt", 5)?.hunk).toMatch(/\n-line 5\n line 6$/);
    expect(placeInDiff(files, "a.txt", 15)).toBeNull();
    expect(placeInDiff(files, "b.txt", 1)).toBeNull();
  });
});
