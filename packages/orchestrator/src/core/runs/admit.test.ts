import { describe, expect, it } from "vitest";
import { anAdmission, aProject, aRunId, aTicket, aTime } from "../testing/builders.ts";
import { hours } from "../time.ts";
import { admit } from "./admit.ts";

describe("admission (§6.3)", () => {
  it("makes a queued run, its lease of 24 hours and its first effects", () => {
    const { run, lease, effects } = admit(anAdmission({ phase: "plan" }), aTime);
    expect(run).toMatchObject({
      id: aRunId(),
      state: "queued",
      phase: "plan",
      attempt: 1,
      admittedAt: aTime,
    });
    expect(lease).toEqual({
      ticketId: run.ticket.id,
      phase: "plan",
      runId: run.id,
      until: aTime + hours(24),
    });
    expect(effects.map(({ key }) => key)).toEqual([`dispatch:${run.id}`, `stage:${run.id}:planning`]);
  });

  it("shows an implementation and a revision as implementing (§7.1)", () => {
    for (const phase of ["implement", "revise"] as const)
      expect(admit(anAdmission({ phase }), aTime).effects[1]?.effect).toMatchObject({
        stage: "implementing",
      });
  });

  it("fixes the project's settings for this run", () => {
    const project = aProject({ budget: { perRunUsd: 4 }, maxTurns: 7, autoApprovePlans: false });
    const { settings } = admit(anAdmission({ project }), aTime).run;
    expect(settings).toMatchObject({ perRunUsd: 4, maxTurns: 7, autoApprovePlans: false });
    expect(admit(anAdmission(), aTime).run.settings).not.toHaveProperty("perRunUsd");
  });

  it("names the branch after the ticket, or takes that of its open pull request (§12)", () => {
    const ticket = aTicket({ title: "A new title" });
    const project = aProject({ branchPrefix: "bots" });
    expect(admit(anAdmission({ ticket, project }), aTime).run.branch).toBe(
      "bots/ai-implement/acme-1-a-new-title",
    );
    const branch = "ai-implement/acme-1-an-old-title";
    expect(admit(anAdmission({ ticket, branch }), aTime).run.branch).toBe(branch);
  });
});
