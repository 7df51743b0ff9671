import fc from "fast-check";
import { expect, test } from "vitest";
import { fitText, longestText } from "./github-text.ts";

test("what fits stays as it is", () => {
  const text = "x".repeat(longestText);
  expect(fitText(text)).toBe(text);
});

test("§8.4 what does not is cut at the end of a line with a notice, never within a character", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), { minLength: 1 }),
      fc.boolean(),
      (words, lines) => {
        const word = words.join(lines ? "\n" : " ").toWellFormed();
        const fitted = fitText(word.repeat(Math.ceil((longestText + 1) / word.length)));
        expect(fitted.length).toBeLessThanOrEqual(longestText);
        expect(fitted).toContain("was cut here");
        expect(fitted.isWellFormed()).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});

test("a block of code that was open ends before the notice", () => {
  const fitted = fitText(`\`\`\`js\n${"x\n".repeat(40_000)}\`\`\`\n`);
  expect(fitted).toMatch(/x\n```\n\n_This text/);
});
