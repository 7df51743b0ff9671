import { describe, expect, it } from "vitest";
import { provenClaims } from "./proven-claims.ts";

const evidence = {
  ticket:
    'Greet the user\nThe program should **greet** its user\n  by name, e.g. "Hello, Rita".<!-- not this -->',
  files: ["src/greet.ts", "test/greet.test.ts"],
};
const nothing = { implemented: [], gaps: [], manualSteps: [] };
const implemented = (ticketWords: string | undefined, file: string | undefined) =>
  provenClaims({ ...nothing, implemented: [{ claim: "greets", ticketWords, file }] }, evidence);

describe("the gap analysis (§10.1)", () => {
  it.each([
    "greet its user",
    "The program SHOULD\tgreet its user by name",
    "\u201cHello, Rita\u201d",
    "The program should \u2026 by name",
    "should greet ... Rita",
  ])(
    "keeps words that stand in the ticket, whatever their case, spaces, quotes and emphasis: %s",
    (words) => {
      expect(implemented(words, "src/greet.ts")).toEqual({
        analysis: {
          ...nothing,
          implemented: [{ claim: "greets", ticketWords: words, file: "src/greet.ts" }],
        },
        leftOut: 0,
        stripped: 0,
      });
    },
  );

  it.each(["say goodbye", "its user greets", "\u2026", "", "not this"])(
    "drops words that do not stand in the ticket, and counts them: %j",
    (words) => {
      expect(implemented(words, "src/greet.ts")).toEqual({
        analysis: { ...nothing, implemented: [{ claim: "greets", file: "src/greet.ts" }] },
        leftOut: 0,
        stripped: 1,
      });
    },
  );

  it("leaves out what is said to be implemented in a file that is not in the diff", () => {
    expect(implemented("greet its user", "src/invented.ts")).toEqual({
      analysis: nothing,
      leftOut: 1,
      stripped: 0,
    });
  });

  it("keeps gaps and manual steps, without the file that is not there", () => {
    const claim = { claim: "no goodbye", ticketWords: "by name", file: "src/invented.ts" };
    const made = { implemented: [], gaps: [claim], manualSteps: [claim, { claim: "set a variable" }] };
    const kept = { claim: "no goodbye", ticketWords: "by name" };
    expect(provenClaims(made, evidence)).toEqual({
      analysis: { implemented: [], gaps: [kept], manualSteps: [kept, { claim: "set a variable" }] },
      leftOut: 0,
      stripped: 2,
    });
  });

  it.each(["./src/greet.ts", "src/greet.ts:12", "`src/greet.ts`", "src/greet.ts:3-9"])(
    "knows the file in the ways that it is written: %s",
    (file) => {
      expect(implemented(undefined, file).analysis.implemented).toEqual([
        { claim: "greets", file: "src/greet.ts" },
      ]);
    },
  );
});
