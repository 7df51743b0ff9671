/** A small repository with tests that really run: no dependency, so nothing has to be fetched. */
export const sampleRepository = { owner: "acme", name: "tally", defaultBranch: "main" } as const;

export const sampleFiles: Readonly<Record<string, string>> = {
  "README.md": `# tally

Reads numbers, one per line, and says what they add up to.

    $ printf '3\\n4\\n' | node bin/tally.js
    count 2, sum 7

\`npm test\` runs the tests.
`,
  "package.json": `{
  "name": "tally",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "scripts": { "test": "node --test" }
}
`,
  ".gitignore": "node_modules/\n",
  "bin/tally.js": `import { readFileSync } from "node:fs";
import { parse } from "../src/parse.js";
import { summary } from "../src/summary.js";

console.log(summary(parse(readFileSync(0, "utf8"))));
`,
  "src/parse.js": `/** The numbers of a text, one per line. Empty lines are skipped. */
export const parse = (text) =>
  text
    .split("\\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(Number);
`,
  "src/sum.js": `export const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
`,
  "src/summary.js": `import { sum } from "./sum.js";

export const summary = (numbers) => \`count \${numbers.length}, sum \${sum(numbers)}\`;
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
`,
  "test/summary.test.js": `import assert from "node:assert/strict";
import test from "node:test";
import { summary } from "../src/summary.js";

test("counts and adds up", () => {
  assert.equal(summary([3, 4]), "count 2, sum 7");
});
`,
  "WORKFLOW.md": `---
verify: node --test
---
You work on \`tally\`, a small command-line program in plain JavaScript without dependencies.
Keep functions small, put every new one in a file of its own under \`src/\`, and test it under \`test/\`.

Implement the ticket \${ISSUE_IDENTIFIER}.
`,
  "PLANNING.md": `Plan the ticket \${ISSUE_IDENTIFIER} for \`tally\`. Name the files to add or change and the cases to test.
`,
};
