import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { branchName } from "./branch.ts";

const anything = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.string());
const prefix = fc
  .array(fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,8}$/), { minLength: 1, maxLength: 4 })
  .filter((segments) => segments.every((segment) => !segment.includes("..") && !segment.endsWith(".lock")))
  .map((segments) => segments.join("/"));
const named = fc.record({ identifier: anything, title: anything });

const gitAccepts = (branch: string): boolean => {
  try {
    return execFileSync("git", ["check-ref-format", "--branch", branch], {
      stdio: ["ignore", "pipe", "ignore"],
    })
      .toString()
      .startsWith(branch);
  } catch {
    return false;
  }
};

describe("the branch (§12)", () => {
  it("is [prefix/]ai-implement/<identifier>-<slug>", () => {
    expect(branchName({ identifier: "ACME-12", title: "Größe prüfen: `rm -rf /`!" })).toBe(
      "ai-implement/acme-12-gro-e-prufen-rm-rf",
    );
    expect(branchName({ identifier: "ACME-12", title: "🚀" }, "team/bots")).toBe(
      "team/bots/ai-implement/acme-12",
    );
  });

  it("has only safe characters after its prefix, whatever the ticket says", () => {
    fc.assert(
      fc.property(named, fc.option(prefix, { nil: undefined }), (ticket, before) => {
        const branch = branchName(ticket, before);
        const start = before === undefined ? "" : `${before}/`;
        expect(branch.startsWith(`${start}ai-implement/`)).toBe(true);
        expect(branch.slice(start.length)).toMatch(/^ai-implement\/[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(branch.length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 3_000 },
    );
  });

  it("is accepted by git itself", () => {
    const hostile = ["--upload-pack=x", "a..b", "a.lock", "@{-1}", "HEAD", "a\u202eb\n", "", "/", "~^:?*[\\"];
    const sample = fc.sample(fc.tuple(named, prefix), { numRuns: 40, seed: 1 });
    const branches = [
      ...hostile.flatMap((text) => [
        branchName({ identifier: text, title: text }),
        branchName({ identifier: "ACME-1", title: text }),
      ]),
      ...sample.map(([ticket, before]) => branchName(ticket, before)),
    ];
    expect(branches.filter((branch) => !gitAccepts(branch))).toEqual([]);
  });

  it("is not shared by tickets whose identifiers only look alike", () => {
    const identifiers = [
      "票",
      "✓",
      "",
      "foo_1",
      "foo-1",
      "foo 1",
      `${"x".repeat(80)}1`,
      `${"x".repeat(80)}2`,
    ];
    const branches = identifiers.map((identifier) => branchName({ identifier, title: "Same" }));
    expect(new Set(branches).size).toBe(identifiers.length);
  });
});
