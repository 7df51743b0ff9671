import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stages, type WantedStage } from "../../../core/ticket.ts";
import { markedWords, meaningOf, statusWords, wordToWrite } from "./stage-words.ts";

const wanted: readonly WantedStage[] = [...stages, "awaiting-approval", "cleared"];

describe("§7.1 a status word", () => {
  test("is one of eight, of which a marked issue shows seven", () => {
    expect(statusWords).toEqual([
      "Ready",
      "Planning",
      "Plan Approved",
      "Implementing",
      "PR Ready",
      "Planning Failed",
      "Implementation Failed",
      "Merged",
    ]);
    expect(markedWords).toEqual(statusWords.slice(0, -1));
  });

  test.each([
    ["Ready", { kind: "marked", stage: "marked", planApproved: false }],
    [" plan  approved ", { kind: "marked", stage: "plan-complete", planApproved: true }],
    ["Implementation Failed", { kind: "marked", stage: "implementing-failed", planApproved: false }],
    ["MERGED", { kind: "merged" }],
    ["Someday", { kind: "unmarked" }],
    [null, { kind: "unmarked" }],
  ])("%j means %j", (word, meaning) => {
    expect(meaningOf(word)).toEqual(meaning);
  });
});

describe("§7.1 what is written for a stage", () => {
  test.each<[string, WantedStage, string | null]>([
    ["Ready", "planning", "Planning"],
    ["Planning", "awaiting-approval", null],
    ["Ready", "awaiting-approval", "Planning"],
    ["Planning", "plan-complete", "Plan Approved"],
    ["Plan Approved", "implementing", "Implementing"],
    ["Implementing", "pr-open", "PR Ready"],
    ["Planning", "planning-failed", "Planning Failed"],
    ["Implementing", "implementing-failed", "Implementation Failed"],
    ["PR Ready", "merged", "Merged"],
    ["Implementing", "cleared", "Ready"],
    ["Planning Failed", "cleared", "Ready"],
    ["Ready", "cleared", null],
    ["Plan Approved", "cleared", null],
    ["implementing", "implementing", null],
  ])("on %s, %s is %j", (shown, stage, word) => {
    expect(wordToWrite(shown, stage)).toBe(word);
  });

  test.each(wanted)("a person's no is never written over by %s", (stage) => {
    for (const shown of [null, "Someday"])
      expect(wordToWrite(shown, stage)).toBe(stage === "merged" ? "Merged" : null);
  });

  test.each(["marked", "planning", "awaiting-approval", "cleared"] as const)(
    "a person's approval is not written over by %s, which was decided before it",
    (stage) => {
      expect(wordToWrite("Plan Approved", stage)).toBeNull();
    },
  );

  test.each(wanted)("what is merged stays merged after %s", (stage) => {
    expect(wordToWrite("Merged", stage)).toBeNull();
  });
});

test("§9 whatever a person writes between our writes, the same write twice changes nothing, and a no stays one", () => {
  const word = fc.option(fc.constantFrom(...statusWords, "Someday", "plan approved"), { nil: null });
  const step = fc.oneof(
    fc.record({ kind: fc.constant("person" as const), word }),
    fc.record({ kind: fc.constant("stage" as const), stage: fc.constantFrom(...wanted) }),
  );
  fc.assert(
    fc.property(word, fc.array(step, { maxLength: 20 }), (first, steps) => {
      let shown = first;
      for (const one of steps) {
        if (one.kind === "person") {
          shown = one.word;
          continue;
        }
        const before = meaningOf(shown);
        shown = wordToWrite(shown, one.stage) ?? shown;
        expect(wordToWrite(shown, one.stage)).toBeNull();
        if (one.stage === "merged") expect(meaningOf(shown).kind).toBe("merged");
        else expect(meaningOf(shown).kind).toBe(before.kind);
      }
    }),
  );
});
