import type { StepReport } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { aProject, aRunId, aTicket, aTime } from "../../../core/testing/builders.ts";
import { aPlannedReport } from "../../../core/testing/reports.ts";
import { admissionOf, aKnownTicket, changeOf, ended } from "./builders.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

const ticketId = aTicket().id;
const { plan } = aPlannedReport();
const step = (index: number, overrides: Partial<StepReport> = {}): StepReport => ({
  index,
  name: `step ${index}`,
  status: "running",
  startedAt: "2026-11-22T09:00:00.000Z",
  ...overrides,
});

export const describeRecords = (makeDatabase: MakeDatabase): void => {
  describe("what belongs to a run (§10)", () => {
    const harness = useStore(makeDatabase);

    it("keeps the last word on each step, in the order of the pipeline", async () => {
      const { store } = harness;
      const runId = aRunId(1);
      await store.commit(changeOf(admissionOf()));
      await store.commit({ steps: [1, 0].map((index) => ({ runId, step: step(index) })) });
      const done = step(0, { status: "succeeded", detail: "Cloned." });
      await store.commit({ steps: [{ runId, step: done }], activity: [{ runId, line: "reads" }] });
      await store.commit({ activity: [{ runId, line: "writes" }] });
      expect(await store.runDetails(runId)).toMatchObject({ steps: [done, step(1)], activity: "writes" });
    });

    it("keeps every event in its order, those that changed nothing too (§5.3)", async () => {
      const { store } = harness;
      await store.commit({ admissions: [admissionOf()] });
      const row = (event: string, applied: boolean) => ({
        runId: aRunId(1),
        at: aTime,
        event,
        cause: "a test",
        applied,
      });
      const rows = [row("claimed", true), row("claimed", false), row("cancelled", true)];
      await store.commit({ history: rows.slice(0, 2) });
      await store.commit({ history: rows.slice(2) });
      expect((await store.runDetails(aRunId(1)))?.history).toEqual(rows);
    });

    it("has no details of a run that never was", async () => {
      expect(await harness.store.runDetails(aRunId(1))).toBeNull();
      expect(await harness.store.findRun(aRunId(1))).toBeNull();
    });

    it("keeps the newest plan of a ticket, and its approval (§10.3)", async () => {
      const { store } = harness;
      expect(await store.findPlan(ticketId)).toBeNull();
      const first = admissionOf({ phase: "plan" });
      const second = admissionOf({ n: 2, ticket: "ACME-1", phase: "plan", attempt: 2 });
      await store.commit({
        admissions: [first],
        plans: [{ ticketId, runId: first.run.id, plan, at: aTime }],
      });
      await store.commit({ approvals: [{ ticketId, at: aTime + 1 }] });
      expect(await store.findPlan(ticketId)).toEqual({
        runId: first.run.id,
        plan,
        completedAt: aTime,
        approvedAt: aTime + 1,
      });
      const newer = { sections: [{ kind: "tests" as const, body: "Two tests." }] };
      await store.commit({
        runs: [{ value: ended(first.run), version: 1 }],
        releasedLeases: [{ ticketId }],
        admissions: [second],
        plans: [{ ticketId, runId: second.run.id, plan: newer, at: aTime + 2 }],
      });
      expect(await store.findPlan(ticketId)).toMatchObject({ plan: newer, approvedAt: null });
    });
  });

  describe("tickets between two polls (§6.1)", () => {
    const harness = useStore(makeDatabase);

    it("come back as they were last seen, with the decision that people were told", async () => {
      const { store } = harness;
      const decision = {
        kind: "skip",
        reason: "paused",
        explanation: "the project is paused",
        action: null,
        decidedAt: aTime,
      } as const;
      await store.commit({
        knownTickets: [aKnownTicket(), aKnownTicket({ ticket: aTicket({ identifier: "ACME-2" }) })],
      });
      const seen = aKnownTicket({
        ticket: aTicket({ title: "New title", blockedBy: [{ identifier: "ACME-9", state: "Todo" }] }),
        sight: "unmarked",
        strayingSince: aTime,
        decision,
      });
      await store.commit({ knownTickets: [seen] });
      expect(await store.findKnownTicket(ticketId)).toEqual(seen);
      expect((await store.listKnownTickets()).map(({ ticket }) => ticket.title)).toEqual([
        "New title",
        "Say hello",
      ]);
      expect(await store.findKnownTicket("linear:NOBODY")).toBeNull();
    });
  });

  describe("projects and settings (§5.1)", () => {
    const harness = useStore(makeDatabase);

    it("keeps projects by their key, and refuses a write that is not based on the stored version", async () => {
      const { store } = harness;
      const project = aProject({ budget: { perDayUsd: 5 }, extraEnv: { NAME: "value" } });
      expect(await store.createProject(project)).toBe("committed");
      expect(await store.createProject(aProject({ paused: true }))).toBe("conflict");
      expect(await store.findProject("ACME")).toEqual({ value: project, version: 1 });
      const paused = { ...project, paused: true };
      expect(await store.updateProject({ value: paused, version: 1 })).toBe("committed");
      expect(await store.updateProject({ value: project, version: 1 })).toBe("conflict");
      await store.createProject(aProject({ key: "AAA" }));
      expect(await store.listProjects()).toEqual([
        { value: aProject({ key: "AAA" }), version: 1 },
        { value: paused, version: 2 },
      ]);
      await store.deleteProject("ACME");
      expect(await store.findProject("ACME")).toBeNull();
      expect(await store.updateProject({ value: paused, version: 2 })).toBe("conflict");
    });

    it("makes a setting once, for whoever comes first and across restarts", async () => {
      const settle = (value: string) => harness.store.setting("secret", () => value);
      const values = await Promise.all([settle("a"), settle("b"), settle("c")]);
      expect(new Set(values).size).toBe(1);
      await harness.reopen();
      expect(await settle("d")).toBe(values[0]);
    });

    it("answers a probe while it can be written, and throws once it cannot (§13)", async () => {
      await harness.store.probe();
      await harness.store.probe();
      await harness.store.close();
      await expect(harness.store.probe()).rejects.toThrow();
      await harness.reopen();
    });
  });
};
