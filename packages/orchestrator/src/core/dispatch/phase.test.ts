import { describe, expect, it } from "vitest";
import { aHistory, aProject, aRun, aTicket, aTime } from "../testing/builders.ts";
import { nextPhase } from "./phase.ts";

const plan = { kind: "phase", phase: "plan" };
const implement = { kind: "phase", phase: "implement" };
const completed = aHistory({ plan: { completedAt: aTime } });
const asks = aProject({ autoApprovePlans: false });

describe("the next phase (§6)", () => {
  it("is plan while planning is enabled and no plan is complete", () => {
    expect(nextPhase(aTicket(), aProject(), aHistory())).toEqual(plan);
    expect(nextPhase(aTicket(), asks, aHistory())).toEqual(plan);
  });

  it("is implement when planning is off, or the plan is complete", () => {
    expect(nextPhase(aTicket(), aProject({ planningEnabled: false }), aHistory())).toEqual(implement);
    expect(nextPhase(aTicket(), aProject(), completed)).toEqual(implement);
  });

  it("waits for a person where plans are not approved by themselves (§7.1)", () => {
    expect(nextPhase(aTicket(), asks, completed)).toEqual({ kind: "awaiting-approval", since: aTime });
    const approved = aHistory({ plan: { completedAt: aTime, approvedAt: aTime } });
    expect(nextPhase(aTicket(), asks, approved)).toEqual(implement);
    expect(nextPhase(aTicket({ planApproved: true }), asks, completed)).toEqual(implement);
  });

  it("takes a marker of a plan we do not know for a plan, not for its approval", () => {
    const ticket = aTicket({ stage: "plan-complete" });
    expect(nextPhase(ticket, aProject(), aHistory())).toEqual(implement);
    expect(nextPhase(ticket, asks, aHistory())).toEqual({
      kind: "awaiting-approval",
      since: ticket.updatedAt,
    });
  });

  it("stays a revision when one is tried again", () => {
    const history = aHistory({
      plan: { completedAt: aTime },
      lastRun: aRun({ phase: "revise", state: "failed" }),
    });
    expect(nextPhase(aTicket(), aProject(), history)).toEqual({ kind: "phase", phase: "revise" });
  });
});
