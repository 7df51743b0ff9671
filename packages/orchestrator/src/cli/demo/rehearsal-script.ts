/**
 * What the scripted agent does in a rehearsal, ticket by ticket. Everything around it is real: the clone, the tests,
 * the commit, the push and the merge. The first try at TALLY-1 has a bug on purpose, so that the review has
 * something to find.
 */
const median = (
  body: string,
): string => `/** The middle value; the mean of the two middle ones for an even count; null for no numbers. */
export const median = (numbers) => {
${body}
};
`;

const medianTest = `import assert from "node:assert/strict";
import test from "node:test";
import { median } from "../src/median.js";

test("is the middle value, whatever the order", () => {
  assert.equal(median([9, 1, 5]), 5);
});

test("is the mean of the two middle values for an even count", () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test("is null without numbers", () => {
  assert.equal(median([]), null);
});
`;

const unchangedTest = `
test("leaves the caller's list as it is", () => {
  const numbers = [3, 1, 2];
  median(numbers);
  assert.deepEqual(numbers, [3, 1, 2]);
});
`;

const plain = {
  plan: [
    {
      kind: "architecture",
      body: "One pure function in a new file `src/median.js`; nothing that exists changes.",
    },
    {
      kind: "tests",
      body: "- odd and even count\n- no numbers\n- the caller's list keeps its order",
    },
    { kind: "work-units", body: "1. `src/median.js`\n2. `test/median.test.js`" },
  ],
  rounds: [
    {
      says: "Added `median` with its tests.",
      files: {
        "src/median.js": median(`  if (numbers.length === 0) return null;
  numbers.sort((a, b) => a - b);
  const half = numbers.length / 2;
  return numbers.length % 2 === 1 ? numbers[Math.floor(half)] : (numbers[half - 1] + numbers[half]) / 2;`),
        "test/median.test.js": medianTest,
      },
      review: {
        approved: false,
        findings: [
          "`src/median.js` sorts the caller's list in place, but the ticket says that it is not reordered. Sort a copy, and test it.",
        ],
      },
    },
    {
      says: "Added `median` with its tests. It sorts a copy, so the caller's list keeps its order.",
      files: {
        "src/median.js": median(`  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;`),
        "test/median.test.js": medianTest + unchangedTest,
      },
      review: { approved: true, findings: [] },
    },
  ],
  gaps: {
    implemented: [
      {
        claim:
          "A function that computes the median, with the mean of the two middle values for an even count",
        ticketWords: "An even count gives the mean of the two middle values.",
        file: "src/median.js",
      },
      {
        claim: "The caller's list keeps its order, and a test says so",
        ticketWords: "The caller's list is not reordered.",
        file: "test/median.test.js",
      },
    ],
    gaps: [],
    manualSteps: [],
  },
};

const blocked = {
  plan: [
    { kind: "architecture", body: "`src/summary.js` uses `median`; the line grows at its end." },
    { kind: "tests", body: "- a median after the sum\n- `-` without numbers" },
    { kind: "work-units", body: "1. `src/summary.js`\n2. `test/summary.test.js`" },
  ],
  rounds: [
    {
      says: "The summary ends with the median.",
      files: {
        "src/summary.js": `import { median } from "./median.js";
import { sum } from "./sum.js";

export const summary = (numbers) =>
  \`count \${numbers.length}, sum \${sum(numbers)}, median \${median(numbers) ?? "-"}\`;
`,
        "test/summary.test.js": `import assert from "node:assert/strict";
import test from "node:test";
import { summary } from "../src/summary.js";

test("counts, adds up and shows the median", () => {
  assert.equal(summary([3, 4, 5]), "count 3, sum 12, median 4");
});

test("has a dash for the median of nothing", () => {
  assert.equal(summary([]), "count 0, sum 0, median -");
});
`,
      },
      review: { approved: true, findings: [] },
    },
  ],
  gaps: {
    implemented: [
      {
        claim: "The median stands after the sum",
        ticketWords: "`tally` should print the median after the sum",
        file: "src/summary.js",
      },
    ],
    gaps: [{ claim: "The README's example still shows the summary without the median" }],
    manualSteps: [],
  },
};

const waiting = {
  plan: [
    { kind: "architecture", body: "`parse` checks every line and throws on the first that is not a number." },
    { kind: "tests", body: "- a bad line is named with its number\n- `1e3` and `-2.5` stay valid" },
    { kind: "work-units", body: "1. `src/parse.js`\n2. `test/parse.test.js`" },
  ],
  rounds: [
    {
      says: "`parse` names the line that is not a number.",
      files: {
        "src/parse.js": `/** The numbers of a text, one per line. Empty lines are skipped; anything else that is no number throws. */
export const parse = (text) =>
  text
    .split("\\n")
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== "")
    .map(toNumber);

const toNumber = (line) => {
  const value = Number(line.text);
  if (Number.isNaN(value)) throw new Error(\`line \${line.number} is not a number: \${line.text}\`);
  return value;
};
`,
        "test/parse.test.js": `import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "../src/parse.js";

test("reads one number per line", () => {
  assert.deepEqual(parse("3\\n4\\n"), [3, 4]);
});

test("skips empty lines", () => {
  assert.deepEqual(parse("\\n3\\n\\n"), [3]);
});

test("reads exponents and negative numbers", () => {
  assert.deepEqual(parse("1e3\\n-2.5"), [1000, -2.5]);
});

test("names a line that is not a number", () => {
  assert.throws(() => parse("3\\n12x"), /line 2 is not a number: 12x/);
});
`,
      },
      review: { approved: true, findings: [] },
    },
  ],
  gaps: {
    implemented: [
      {
        claim: "A line that is no number throws, with its number and its text",
        ticketWords: "`parse` throws an error that names the line's number and its text.",
        file: "src/parse.js",
      },
    ],
    gaps: [],
    manualSteps: [],
  },
};

interface Round {
  readonly says: string;
  readonly files: Readonly<Record<string, string>>;
  readonly review: { readonly approved: boolean; readonly findings: readonly string[] };
}

interface Part {
  readonly plan: readonly { readonly kind: string; readonly body: string }[];
  readonly rounds: readonly Round[];
  readonly gaps: object;
}

/** In the scripted agent's own format (`packages/runner/src/agent/scripted`). */
const scriptOf = ({ plan, rounds, gaps }: Part, secondsPerStep: number) => ({
  plan,
  iterations: rounds.map(({ says, files }) => ({
    summary: says,
    edits: Object.entries(files).map(([path, content]) => ({ path, content })),
  })),
  reviews: rounds.map(({ review }) => review),
  gaps,
  secondsPerStep,
});

export const rehearsalScript = (secondsPerStep: number) => ({
  tickets: {
    "TALLY-1": scriptOf(plain, secondsPerStep),
    "TALLY-2": scriptOf(blocked, secondsPerStep),
    "TALLY-3": scriptOf(waiting, secondsPerStep),
  },
});
