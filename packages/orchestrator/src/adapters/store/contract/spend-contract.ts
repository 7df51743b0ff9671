import { describe, expect, it } from "vitest";
import type { Run } from "../../../core/run.ts";
import { aProject } from "../../../core/testing/builders.ts";
import { anImplementedReport, aUsage } from "../../../core/testing/reports.ts";
import { hours, type Instant } from "../../../core/time.ts";
import { admissionOf, changeOf, ended } from "./builders.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

const now = Date.UTC(2026, 10, 22, 9);
const costing = (costUsd: number | null): Partial<Run> => ({
  report: anImplementedReport({ usage: aUsage(costUsd) }),
});

export const describeSpend = (makeDatabase: MakeDatabase): void => {
  describe("what a project has spent (§5.1)", () => {
    const harness = useStore(makeDatabase);
    const spend = async (key = "ACME") => (await harness.store.dispatchFacts(now)).spend.get(key);
    let runs = 0;
    const spent = async (overrides: Partial<Run>, perRunUsd?: number, key = "ACME"): Promise<void> => {
      runs += 1;
      const budget = perRunUsd === undefined ? {} : { perRunUsd };
      const admission = admissionOf({ n: runs, project: aProject({ key, budget }), at: now - hours(2_000) });
      await harness.store.commit(changeOf(admission));
      const value = ended(admission.run, { endedAt: now, ...overrides });
      await harness.store.commit({ runs: [{ value, version: 1 }] });
    };
    const spentAt = (endedAt: Instant, costUsd: number) => spent({ endedAt, ...costing(costUsd) });

    it("counts the runs that ended this day and this month, in UTC", async () => {
      await spentAt(Date.UTC(2026, 10, 22), 1);
      await spentAt(Date.UTC(2026, 10, 22) - 1, 2);
      await spentAt(Date.UTC(2026, 10, 1), 4);
      await spentAt(Date.UTC(2026, 10, 1) - 1, 8);
      expect(await spend()).toEqual({ todayUsd: 1, thisMonthUsd: 7 });
    });

    it("keeps the projects apart", async () => {
      await spent(costing(1));
      await spent(costing(2), undefined, "SHOP");
      expect(await spend("SHOP")).toEqual({ todayUsd: 2, thisMonthUsd: 2 });
      expect(await spend("NONE")).toBeUndefined();
    });

    it("counts a measured cost rather than the allowance, whatever the outcome", async () => {
      await spent({ state: "failed", ...costing(0.5) }, 10);
      await spent({ state: "review_failed", ...costing(0) }, 10);
      expect((await spend())?.todayUsd).toBe(0.5);
    });

    it("counts all that an unmeasured run was allowed, and nothing without an allowance", async () => {
      await spent(costing(null), 3);
      await spent({ state: "timed_out" }, 4);
      await spent(costing(null));
      expect((await spend())?.todayUsd).toBe(7);
    });

    it("counts nothing for a run that its executor refused", async () => {
      const failure = { reason: "dispatch-refused", message: "No such workflow." } as const;
      await spent({ state: "failed", failure }, 5);
      expect((await spend())?.todayUsd).toBe(0);
    });

    it("leaves live runs to the reservation", async () => {
      await harness.store.commit(changeOf(admissionOf({ n: 900, at: now })));
      expect(await spend()).toBeUndefined();
    });
  });
};
