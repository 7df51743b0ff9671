import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stages, type WantedStage } from "../../../core/ticket.ts";
import { changeFor, type Markers, meaningOf, type OurLabel, ourLabel, ourLabels } from "./markers.ts";

const shown = (labels: readonly OurLabel[], stateType = "unstarted"): Markers => ({
  labels: new Set(labels),
  stateType,
});

describe("§7.1 what an issue's labels and state say", () => {
  test.each([
    [["AI-Implement"], "marked"],
    [["AI-Implement", "AI-Planning"], "planning"],
    [["AI-Implement", "Plan-Complete"], "plan-complete"],
    [["AI-Implement", "AI-Working", "Plan-Complete"], "implementing"],
    [["AI-Implement", "Ready for Review", "Plan-Complete"], "pr-open"],
  ] as const)("%j is %s", (labels, stage) => {
    expect(meaningOf(shown(labels))).toEqual({
      marked: true,
      stage,
      planApproved: false,
      lifecycle: "active",
    });
  });

  test("a ticket that is planned again keeps Plan-Complete and is being planned", () => {
    expect(meaningOf(shown(["AI-Implement", "Plan-Complete", "AI-Planning"])).stage).toBe("planning");
  });

  test("work that is already there is not begun again, whatever else is set", () => {
    expect(meaningOf(shown(["AI-Working", "AI-Planning"])).stage).toBe("implementing");
    expect(meaningOf(shown(["AI-Working", "Ready for Review"])).stage).toBe("pr-open");
  });

  test("the label Plan-Approved is a person's approval", () => {
    expect(meaningOf(shown(["AI-Implement", "Plan-Complete", "Plan-Approved"]))).toMatchObject({
      stage: "plan-complete",
      planApproved: true,
    });
  });

  test.each([
    ["completed", "completed", "merged"],
    ["canceled", "cancelled", "marked"],
    ["duplicate", "cancelled", "marked"],
    ["triage", "active", "marked"],
  ])("a state of the type %s is %s", (stateType, lifecycle, stage) => {
    expect(meaningOf(shown(["AI-Implement"], stateType))).toMatchObject({ lifecycle, stage });
  });

  test("names count whatever their case", () => {
    expect(ourLabel(" ready FOR review")).toBe("Ready for Review");
    expect(ourLabel("AI-Implemented")).toBeNull();
  });
});

describe("§7.1 what makes an issue show a stage", () => {
  test.each([
    ["planning", ["AI-Planning"], [], null],
    ["plan-complete", ["Plan-Complete"], ["AI-Planning"], null],
    ["awaiting-approval", ["Plan-Complete"], ["AI-Planning"], null],
    ["implementing", ["AI-Working"], ["AI-Planning"], "started"],
    ["pr-open", ["Ready for Review"], ["AI-Planning", "AI-Working"], null],
    ["planning-failed", [], ["AI-Planning", "AI-Working", "Ready for Review"], null],
    ["implementing-failed", [], ["AI-Planning", "AI-Working", "Ready for Review"], null],
    ["cleared", [], ["AI-Planning", "AI-Working", "Ready for Review"], null],
    ["merged", [], ["AI-Planning", "AI-Working", "Ready for Review"], "completed"],
  ] as const)("%s", (stage, added, removed, moveTo) => {
    const before = shown(["AI-Implement", ...removed]);
    expect(changeFor(before, stage)).toMatchObject({ add: added, remove: removed, moveTo });
  });

  test("an issue that is started already stays in its state", () => {
    expect(changeFor(shown(["AI-Implement"], "started"), "implementing").moveTo).toBeNull();
  });

  test.each([
    ["unmarked", shown(["AI-Working"])],
    ["completed", shown(["AI-Implement", "AI-Working"], "completed")],
    ["cancelled", shown(["AI-Implement", "AI-Working"], "canceled")],
  ])("a ticket that was %s since gets nothing put on, only taken off", (_, before) => {
    expect(changeFor(before, "pr-open")).toMatchObject({ add: [], remove: ["AI-Working"], moveTo: null });
    expect(changeFor(before, "implementing")).toMatchObject({ add: [], remove: [], moveTo: null });
  });

  test("a merge is a fact: it moves even a ticket that was cancelled or unmarked", () => {
    expect(changeFor(shown([], "canceled"), "merged").moveTo).toBe("completed");
    expect(changeFor(shown([], "completed"), "merged").moveTo).toBeNull();
  });

  test("a person is offered the label that approves", () => {
    expect(changeFor(shown(["AI-Implement"]), "awaiting-approval").offer).toEqual(["Plan-Approved"]);
    expect(changeFor(shown(["AI-Implement"]), "plan-complete").offer).toEqual([]);
  });

  test("whatever is shown: a person's labels are never touched, one working label is left, twice is once", () => {
    const markers = fc.record({
      labels: fc.subarray([...ourLabels]).map((labels) => new Set(labels)),
      stateType: fc.constantFrom("triage", "unstarted", "started", "completed", "canceled"),
    });
    const wanted = fc.constantFrom<WantedStage>(...stages, "awaiting-approval", "cleared");
    fc.assert(
      fc.property(markers, wanted, (before, stage) => {
        const { add, remove, moveTo } = changeFor(before, stage);
        for (const label of ["AI-Implement", "Plan-Approved"] as const)
          expect([...add, ...remove]).not.toContain(label);
        expect(remove).not.toContain("Plan-Complete");
        const labels = new Set([...[...before.labels].filter((label) => !remove.includes(label)), ...add]);
        const working = ["AI-Planning", "AI-Working", "Ready for Review"] as const;
        expect(working.filter((label) => labels.has(label)).length).toBeLessThanOrEqual(1);
        const after = { labels, stateType: moveTo ?? before.stateType };
        expect(changeFor(after, stage)).toMatchObject({ add: [], remove: [], moveTo: null });
      }),
    );
  });
});
