import fc from "fast-check";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { auditWorkflow } from "./audit-workflow.ts";
import { readTemplate, workflowTemplates } from "./testing/templates.ts";

const sound = (source: string): void => {
  for (const { line, message, fix } of auditWorkflow(source, "any.yml")) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect([message, fix]).not.toContain("");
  }
};

const words = fc.constantFrom(
  "on",
  "jobs",
  "steps",
  "run",
  "uses",
  "with",
  "env",
  "if",
  "needs",
  "permissions",
  "container",
  "image",
  "services",
  "outputs",
  "strategy",
  "matrix",
  "workflow_dispatch",
  "pull_request_target",
  "inputs",
  "token",
  "credentials",
  "password",
  "secrets",
  "shell",
  "defaults",
  "id",
  "<<",
  "a",
);
const expressions = fc
  .array(
    fc.constantFrom(
      "github",
      ".",
      "event",
      "[",
      "]",
      "*",
      "(",
      ")",
      "'x'",
      "1",
      "&&",
      "||",
      "!",
      "==",
      "env",
      "steps",
      "needs",
      "secrets",
      "inputs",
      "toJSON",
      ",",
      "always",
      "matrix",
      " ",
      "a",
      "'",
    ),
  )
  .map((parts) => `\${{ ${parts.join("")} }}`);
const scalars = fc.oneof(words, expressions, fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    scalars,
    fc.array(tie("tree"), { maxLength: 5 }),
    fc.dictionary(words, tie("tree"), { maxKeys: 6 }),
  ),
}));

it("never throws, whatever the text is", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), sound), { numRuns: 500 });
});

it("never throws, whatever stands where a workflow's parts belong", () => {
  const workflow = fc.record({ on: tree, jobs: fc.dictionary(words, tree), env: tree, permissions: tree });
  fc.assert(
    fc.property(workflow, (value) => sound(stringify(value))),
    { numRuns: 500 },
  );
});

it("never throws on a template that was cut and glued", () => {
  const sources = workflowTemplates.map(readTemplate);
  const cut = fc.record({
    source: fc.constantFrom(...sources),
    from: fc.nat(9000),
    length: fc.nat(200),
    insert: fc.oneof(fc.constant(""), fc.string(), expressions),
  });
  fc.assert(
    fc.property(cut, ({ source, from, length, insert }) =>
      sound(source.slice(0, from) + insert + source.slice(from + length)),
    ),
    { numRuns: 200 },
  );
});

it.each([
  [
    "aliases of aliases",
    `a: &a [x]\n${Array.from({ length: 30 }, (_, index) => `k${index}: &b${index} [*${index === 0 ? "a" : `b${index - 1}`}, *${index === 0 ? "a" : `b${index - 1}`}]`).join("\n")}\non: push\njobs: {}\n`,
  ],
  ["an alias to what it stands in", "on: push\njobs: &jobs\n  a: *jobs\n"],
  ["deep nesting", "[".repeat(20_000)],
  ["deep brackets in an expression", `on: push\njobs:\n  a:\n    if: ${"(".repeat(20_000)}\n`],
])("calls %s unreadable, or looks past it, in bounded work", (_, source) => {
  expect(auditWorkflow(source, "any.yml").length).toBeGreaterThan(0);
});

it("follows a long chain of outputs to a bound", () => {
  const steps = Array.from({ length: 3000 }, (_, index) => ({
    id: `s${index + 1}`,
    run: `echo "x=\${{ steps.s${index}.outputs.x }}" >> "$GITHUB_OUTPUT"`,
  })).reverse();
  const source = stringify({ on: "push", permissions: {}, jobs: { a: { "timeout-minutes": 1, steps } } });
  expect(auditWorkflow(source, "any.yml").every(({ rule }) => rule === "template-injection")).toBe(true);
});
