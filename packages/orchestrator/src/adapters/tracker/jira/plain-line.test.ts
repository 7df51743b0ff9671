import { expect, test } from "vitest";
import { plainLine } from "./plain-line.ts";

test.each([
  ["line ends and control characters", "Say\nno\u0000w\u001b[1m\t", "Say no w [1m"],
  ["half a character", "\ud800half", "\ufffdhalf"],
  ["nothing to see", "\u0085\u2028 ", ""],
  ["a character on the edge", "👍👍👍👍👍👍👍", "👍👍👍👍👍\ufffd…"],
  ["no end", "x".repeat(1_000_000), `${"x".repeat(11)}…`],
])("§11.6 a stranger's words become one plain line: %s", (_, text, line) => {
  expect(plainLine(text, 12)).toBe(line);
});
