import { describe, expect, it } from "vitest";
import type { Run } from "../../../core/run.ts";
import type { FailureReason } from "../../../core/runs/failure.ts";
import { aTicket, aTime } from "../../../core/testing/builders.ts";
import { hours } from "../../../core/time.ts";
import { admissionOf, changeOf, ended } from "./builders.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

const ticketId = aTicket().id;

export const describeLeases = (makeDatabase: MakeDatabase): void => {
  describe("leases (§5.4)", () => {
    const harness = useStore(makeDatabase);
    const leases = async (now = aTime) =>
      (await harness.store.listLeases(now)).map(({ ticketId: id, phase }) => `${phase} ${id}`);
    const endWith = async (overrides: Partial<Run>): Promise<void> => {
      const admission = admissionOf();
      await harness.store.commit(changeOf(admission));
      await harness.store.commit({ runs: [{ value: ended(admission.run, overrides), version: 1 }] });
    };
    const failure = (reason: FailureReason) => ({ failure: { reason, message: "It failed." } });

    it("hold a ticket and phase against another run until they expire", async () => {
      await endWith({});
      const again = (at: number) =>
        harness.store.commit(changeOf(admissionOf({ n: 2, ticket: "ACME-1", attempt: 2, at })));
      expect(await again(aTime + hours(24) - 1)).toBe("conflict");
      expect(await again(aTime + hours(24))).toBe("committed");
      expect(await harness.store.listLeases(aTime + hours(24))).toEqual([
        admissionOf({ n: 2, ticket: "ACME-1", attempt: 2, at: aTime + hours(24) }).lease,
      ]);
    });

    it("do not hold the other phases of the ticket", async () => {
      const plan = admissionOf({ phase: "plan" });
      await harness.store.commit(changeOf(plan));
      await harness.store.commit({ runs: [{ value: ended(plan.run), version: 1 }] });
      expect(await harness.store.commit(changeOf(admissionOf({ n: 2, ticket: "ACME-1" })))).toBe("committed");
      expect(await leases()).toEqual([`implement ${ticketId}`, `plan ${ticketId}`]);
    });

    it("are not listed once they have expired", async () => {
      await endWith({});
      expect(await leases(aTime + hours(24) - 1)).toHaveLength(1);
      expect(await leases(aTime + hours(24))).toEqual([]);
    });

    it.each(["failed", "timed_out"] as const)("are released when the run has %s retryably", async (state) => {
      await endWith({ state, ...failure("machine-lost") });
      expect(await leases()).toEqual([]);
    });

    it.each([
      { state: "succeeded" as const },
      { state: "cancelled" as const },
      { state: "failed" as const, ...failure("agent-refused") },
    ])("go on holding when the run ends otherwise: $state", async (overrides) => {
      await endWith(overrides);
      expect(await leases()).toEqual([`implement ${ticketId}`]);
    });

    it("of a later run are not released by the failure of an earlier one", async () => {
      const first = admissionOf();
      await harness.store.commit(changeOf(first));
      await harness.store.commit({
        runs: [{ value: ended(first.run, { state: "failed", ...failure("transport") }), version: 1 }],
      });
      const second = admissionOf({ n: 2, ticket: "ACME-1", attempt: 2 });
      await harness.store.commit(changeOf(second));
      const late = ended(first.run, { state: "failed", ...failure("transport"), endedAt: aTime + 5 });
      await harness.store.commit({ runs: [{ value: late, version: 2 }] });
      expect(await harness.store.listLeases(aTime)).toEqual([second.lease]);
    });

    it("are cleared by a person, for one phase or for all", async () => {
      const plan = admissionOf({ phase: "plan" });
      await harness.store.commit(changeOf(plan));
      await harness.store.commit({ runs: [{ value: ended(plan.run), version: 1 }] });
      await harness.store.commit(changeOf(admissionOf({ n: 2, ticket: "ACME-1" })));
      await harness.store.commit(changeOf(admissionOf({ n: 3 })));
      await harness.store.commit({ releasedLeases: [{ ticketId, phase: "plan" }] });
      expect(await leases()).toEqual([`implement ${ticketId}`, "implement linear:ACME-3"]);
      await harness.store.commit({ releasedLeases: [{ ticketId }] });
      expect(await leases()).toEqual(["implement linear:ACME-3"]);
    });

    it("of a ticket go when a person marks it again (§7.1)", async () => {
      await endWith({});
      await harness.store.commit({ resets: [{ ticketId, at: aTime + 5 }] });
      expect(await leases()).toEqual([]);
    });
  });
};
