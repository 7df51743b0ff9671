import { describe, expect, it } from "vitest";
import { aTicket } from "../testing/builders.ts";
import { type Stage, stages } from "../ticket.ts";
import { cancelCause, isRemarked } from "./reconcile-ticket.ts";

describe("a live run's ticket (§7.1)", () => {
  it("that a person closed, unmarked or deleted ends the run", () => {
    const marked = true;
    expect(cancelCause(null)).toBe("ticket-gone");
    expect(cancelCause({ marked, ticket: aTicket({ lifecycle: "completed" }) })).toBe("ticket-closed");
    expect(cancelCause({ marked, ticket: aTicket({ lifecycle: "cancelled" }) })).toBe("ticket-closed");
    expect(cancelCause({ marked: false, ticket: aTicket() })).toBe("ticket-unmarked");
  });

  it("that stands as it stood lets the run go on", () => {
    expect(cancelCause({ marked: true, ticket: aTicket({ stage: "implementing" }) })).toBeNull();
  });
});

describe("a person marks a ticket again (§7.1)", () => {
  it("by taking the mark off and putting it back", () => {
    expect(stages.every((stage) => isRemarked("unmarked", stage))).toBe(true);
  });

  it("by setting a failed, reviewed or merged ticket back to where a phase begins", () => {
    const from: Stage[] = ["planning-failed", "implementing-failed", "pr-open", "merged"];
    for (const previous of from) {
      expect(isRemarked(previous, "marked")).toBe(true);
      expect(isRemarked(previous, "plan-complete")).toBe(true);
      expect(isRemarked(previous, "implementing")).toBe(false);
    }
  });

  it("not by what we do ourselves, and not at the first look", () => {
    const ours: [Stage, Stage][] = [
      ["marked", "planning"],
      ["planning", "plan-complete"],
      ["planning", "marked"],
      ["implementing", "plan-complete"],
      ["implementing", "pr-open"],
      ["pr-open", "merged"],
    ];
    expect(ours.some(([previous, now]) => isRemarked(previous, now))).toBe(false);
    expect(stages.some((stage) => isRemarked(null, stage))).toBe(false);
  });
});
