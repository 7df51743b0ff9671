import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { auditWorkflow } from "./audit-workflow.ts";
import { rules } from "./rules.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const rulesWithFixtures = readdirSync(fixtures);

/** A line that ends in `<<` has to be found, and no other. */
const markedLines = (source: string): readonly number[] =>
  source.split("\n").flatMap((line, index) => (/<<\s*$/.test(line) ? [index + 1] : []));

it("has files that every rule catches, and twins that pass", () => {
  expect(rulesWithFixtures.toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
});

describe.each(rulesWithFixtures)("%s", (rule) => {
  const files = readdirSync(join(fixtures, rule));
  const bad = files.filter((file) => file.startsWith("bad"));
  const good = files.filter((file) => file.startsWith("good"));
  const read = (file: string): string => readFileSync(join(fixtures, rule, file), "utf8");

  it("has at least one of each", () => {
    expect([bad.length, good.length].every((count) => count > 0)).toBe(true);
  });

  it.each(bad)("finds what is wrong in %s, at its line, and nothing else", (file) => {
    const findings = auditWorkflow(read(file), file);
    const others = findings.filter((finding) => finding.rule !== rule && !isTwin(rule, finding.rule));
    expect(others).toEqual([]);
    expect(findings.filter((finding) => finding.rule === rule).map(({ line }) => line)).toEqual(
      markedLines(read(file)),
    );
  });

  it.each(good)("finds nothing in %s", (file) => {
    expect(auditWorkflow(read(file), file)).toEqual([]);
  });
});

/** A secret for an unpinned action is worse than the unpinned action, which is found too. */
const isTwin = (rule: string, other: string): boolean =>
  rule === "secret-to-unpinned-action" && other === "unpinned-action";

it("says in every finding which file it is in and what to do instead", () => {
  const file = join(fixtures, "missing-timeout", "bad.yml");
  expect(auditWorkflow(readFileSync(file, "utf8"), "bad.yml")).toEqual([
    {
      file: "bad.yml",
      rule: "missing-timeout",
      line: 5,
      message: "The job build has no time limit.",
      fix: "Set `timeout-minutes`.",
    },
  ]);
});

it.each([
  ["no YAML", "on: push\njobs: ]\n", 2],
  ["an empty file", "", 1],
  ["another file than a workflow", "a: b\n", 1],
  ["a workflow with a key twice", "on: push\njobs: {}\njobs: {}\n", 3],
])("calls %s unreadable, at its line", (_, source, line) => {
  expect(auditWorkflow(source, "any.yml").map((finding) => [finding.rule, finding.line])).toEqual([
    ["unreadable-workflow", line],
  ]);
});
