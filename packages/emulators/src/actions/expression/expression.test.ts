import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateExpression, type Scope } from "./evaluate.ts";
import { ExpressionError } from "./expression-error.ts";
import { holds, interpolate } from "./template.ts";

const scope: Scope = {
  contexts: {
    github: { ref: "refs/heads/main", event: { labels: [{ name: "Bug" }, { name: "ai" }, {}] } },
    inputs: { identifier: "ACME-1", dry: false, empty: "" },
    needs: { plan: { result: "success", outputs: { branch: "x" } } },
  },
  status: { success: true, failure: false, cancelled: false },
};
const evaluated = (text: string) => evaluateExpression(text, scope);

describe("GitHub's expression language", () => {
  test.each([
    ["'it''s'", "it's"],
    ["0xff", 255],
    ["-2.5e1", -25],
    ["null", null],
    ["inputs.identifier", "ACME-1"],
    ["inputs['IDENTIFIER']", "ACME-1"],
    ["Inputs.Identifier", "ACME-1"],
    ["inputs.nothing.further", null],
    ["github.event.labels[1].name", "ai"],
    ["github.event.labels['0'].name", "Bug"],
    ["github.event.labels[7]", null],
    ["github.event.labels.*.name", ["Bug", "ai"]],
    ["contains(github.event.labels.*.name, 'BUG')", true],
    ["contains('Hello', 'ELL')", true],
    ["startsWith(github.ref, 'REFS/heads')", true],
    ["endsWith(github.ref, 'main')", true],
    ["format('{0} {{{1}}} {0}', 'a', 2)", "a {2} a"],
    ["join(github.event.labels.*.name)", "Bug,ai"],
    ["join(github.event.labels.*.name, ' + ')", "Bug + ai"],
    ["fromJSON('{\"a\": [1, 2]}').a[1]", 2],
    ["toJSON(inputs.dry)", "false"],
  ])("%s is %j", (text, value) => {
    expect(evaluated(text)).toEqual(value);
  });

  test.each([
    ["'MAIN' == 'main'", true],
    ["null == 0", true],
    ["null == ''", true],
    ["true == 1", true],
    ["'1' == 1", true],
    ["'x' == 0", false],
    ["'x' != 0", true],
    ["github.event == github.event", true],
    ["'b' > 'A'", true],
    ["'2' < 10", true],
    ["'x' < 1 || 'x' >= 1", false],
    ["1 < 2 == true", true],
    ["!inputs.dry && 'yes'", "yes"],
    ["inputs.empty || 'fallback'", "fallback"],
    ["inputs.dry && 'never'", false],
    ["false || true && false", false],
    ["!(false || true)", false],
  ])("%s is %j, by loose types and the order of the operators", (text, value) => {
    expect(evaluated(text)).toEqual(value);
  });

  test.each([
    "",
    "1 +",
    "inputs.",
    "(1",
    "'open",
    "secrets.TOKEN",
    "true || secrets.TOKEN",
    "nothing('x')",
    "contains('x')",
    "format('{1}', 'x')",
    "format('{', 'x')",
    "fromJSON('{')",
    "inputs..identifier",
    '"double"',
    `${"(".repeat(60)}1${")".repeat(60)}`,
    "1 ".repeat(11_000),
  ])("%j is refused", (text) => {
    expect(() => evaluated(text)).toThrow(ExpressionError);
  });

  test("a text keeps what stands around its expressions; one expression alone keeps its type", () => {
    expect(interpolate(`\${{ inputs.dry }}`, scope)).toBe(false);
    expect(interpolate(`\${{ inputs.dry }}!`, scope)).toBe("false!");
    expect(interpolate(`a \${{ '}}' }} b \${{ null }}`, scope)).toBe("a }} b ");
    expect(() => interpolate(`\${{ inputs.dry`, scope)).toThrow(ExpressionError);
  });

  test("an `if` without a status function wants success too", () => {
    const failed: Scope = { ...scope, status: { success: false, failure: true, cancelled: false } };
    expect(holds(null, scope)).toBe(true);
    expect(holds(null, failed)).toBe(false);
    expect(holds("inputs.identifier == 'acme-1'", scope)).toBe(true);
    expect(holds("inputs.identifier == 'acme-1'", failed)).toBe(false);
    expect(holds(`\${{ failure() && inputs.identifier }}`, failed)).toBe(true);
    expect(holds("always()", failed)).toBe(true);
    expect(holds("!cancelled()", failed)).toBe(true);
    expect(holds("false", scope)).toBe(false);
  });

  test("whatever is written, nothing is thrown but its own error", () => {
    const part = fc.oneof(
      fc.constantFrom("inputs", "github", "needs", ".", ".*", "[", "]", "(", ")", "!", "&&", "||", "==", "<"),
      fc.constantFrom(
        "contains(",
        "format(",
        "fromJSON(",
        "toJSON(",
        "join(",
        "success()",
        "'a'",
        "1",
        ",",
        " ",
      ),
      fc.string({ maxLength: 8 }),
    );
    const expression = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 40 }).map((parts) => parts.join("")),
      fc.nat(4_000).map((count) => `1${" && 1".repeat(count)}`),
      fc.nat(4_000).map((count) => `inputs${".a".repeat(count)}`),
      fc.nat(4_000).map((count) => `${"!".repeat(count)}1`),
      fc.nat(200).map((count) => `toJSON(fromJSON('${"[".repeat(count)}${"]".repeat(count)}'))`),
    );
    fc.assert(
      fc.property(expression, (text) => {
        try {
          evaluated(text);
          interpolate(`\${{ ${text} }}`, scope);
          holds(text, scope);
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
