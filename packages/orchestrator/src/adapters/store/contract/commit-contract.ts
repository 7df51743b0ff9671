import { describe, expect, it } from "vitest";
import { aClaimedRun, aRunId, aTicket, aTime } from "../../../core/testing/builders.ts";
import { anImplementedReport } from "../../../core/testing/reports.ts";
import type { Store } from "../../../ports/store.ts";
import { aComment, admissionOf, aKnownTicket, changeOf, ended } from "./builders.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

/** All that a refused or broken change must leave alone. */
const everything = async (store: Store) => ({
  facts: await store.dispatchFacts(aTime),
  runs: await store.listRuns({ limit: 100 }),
  details: await store.runDetails(aRunId(1)),
  tickets: await store.listKnownTickets(),
  effects: await store.effects.overdue(Number.MAX_SAFE_INTEGER, 100),
});

export const describeCommit = (makeDatabase: MakeDatabase): void => {
  describe("one change is one transaction (§6.3, §9)", () => {
    const harness = useStore(makeDatabase);

    it("records a run with its lease, its effects and its history (§6.3)", async () => {
      const { store } = harness;
      const admission = admissionOf();
      expect(await store.commit(changeOf(admission))).toBe("committed");
      expect(await store.findRun(aRunId(1))).toEqual({ value: admission.run, version: 1 });
      expect(await store.listLeases(aTime)).toEqual([admission.lease]);
      expect((await store.effects.overdue(aTime + 1, 10)).map(({ key }) => key)).toEqual(
        admission.effects.map(({ key }) => key),
      );
      expect((await store.runDetails(aRunId(1)))?.history.map(({ event }) => event)).toEqual(["admitted"]);
    });

    it("admits no second live run of a ticket, and writes nothing of the change (§5.4)", async () => {
      const { store } = harness;
      await store.commit(changeOf(admissionOf()));
      const before = await everything(store);
      const second = admissionOf({ n: 2, ticket: "ACME-1", phase: "plan" });
      const other = admissionOf({ n: 3 });
      const change = { ...changeOf(other), admissions: [other, second], knownTickets: [aKnownTicket()] };
      expect(await store.commit(change)).toBe("conflict");
      expect(await everything(store)).toEqual(before);
    });

    it("admits one run per ticket, phase and attempt, for ever (§1.1)", async () => {
      const { store } = harness;
      const first = admissionOf();
      await store.commit(changeOf(first));
      const end = { value: ended(first.run), version: 1 };
      await store.commit({ runs: [end], releasedLeases: [{ ticketId: first.run.ticket.id }] });
      expect(await store.commit(changeOf(admissionOf({ n: 2, ticket: "ACME-1" })))).toBe("conflict");
      expect(await store.commit(changeOf(admissionOf({ n: 2, ticket: "ACME-1", attempt: 2 })))).toBe(
        "committed",
      );
    });

    it("keeps those that come at the same time apart: what one of them cannot do is no matter of the others", async () => {
      const { store } = harness;
      const history = { at: aTime, event: "claimed", cause: "runner", applied: true };
      const stranger = { history: [{ ...history, runId: aRunId(999) }] };
      const good = (n: number) => store.commit(changeOf(admissionOf({ n })));
      const conflicting = () => store.commit(changeOf(admissionOf({ n: 51, ticket: "ACME-2" })));
      const results = await Promise.allSettled([
        good(1),
        good(2),
        conflicting(),
        store.commit({ ...stranger, knownTickets: [aKnownTicket()] }),
        good(3),
        good(4),
      ]);
      expect(results.map((result) => (result.status === "fulfilled" ? result.value : "failed"))).toEqual([
        "committed",
        "committed",
        "conflict",
        "failed",
        "committed",
        "committed",
      ]);
      const { items } = await store.listRuns({ limit: 100 });
      expect(items.map(({ run }) => run.id).toSorted()).toEqual([1, 2, 3, 4].map((n) => aRunId(n)));
      expect(await store.listKnownTickets()).toEqual([]);
      expect(await good(5)).toBe("committed");
    });

    it("writes all of very many that come at the same time, each once", async () => {
      const { store } = harness;
      const all = Array.from({ length: 250 }, (_, index) => changeOf(admissionOf({ n: index + 1 })));
      const results = await Promise.all(all.map((change) => store.commit(change)));
      expect(new Set(results)).toEqual(new Set(["committed"]));
      expect((await store.dispatchFacts(aTime)).liveRuns).toHaveLength(250);
    });

    it("lets one of two win that admit the same ticket at once (§1.1)", async () => {
      const { store } = harness;
      const rivals = [1, 2, 3].map((n) => changeOf(admissionOf({ n, ticket: "ACME-1" })));
      const results = await Promise.all(rivals.map((change) => store.commit(change)));
      expect(results.toSorted()).toEqual(["committed", "conflict", "conflict"]);
      expect(await store.listLiveRuns()).toHaveLength(1);
      expect(await store.effects.overdue(aTime + 1, 10)).toHaveLength(2);
    });

    it("refuses a run that somebody else changed meanwhile, and writes nothing of the change", async () => {
      const { store } = harness;
      const { run } = admissionOf();
      await store.commit(changeOf(admissionOf()));
      expect(await store.commit({ runs: [{ value: { ...run, state: "dispatching" }, version: 1 }] })).toBe(
        "committed",
      );
      const before = await everything(store);
      const stale = { value: ended(run, { state: "cancelled" }), version: 1 };
      expect(await store.commit({ effects: [aComment("late")], runs: [stale] })).toBe("conflict");
      expect(await everything(store)).toEqual(before);
      expect(await store.findRun(run.id)).toEqual({ value: { ...run, state: "dispatching" }, version: 2 });
    });

    it("refuses a change of a run that is not there", async () => {
      expect(await harness.store.commit({ runs: [{ value: admissionOf().run, version: 1 }] })).toBe(
        "conflict",
      );
    });

    it("writes nothing when it breaks off in the middle (§1.1)", async () => {
      const { store } = harness;
      const before = await everything(store);
      const nobody = { runId: aRunId(9), at: aTime, event: "claimed", cause: "test", applied: true };
      const change = { ...changeOf(admissionOf()), knownTickets: [aKnownTicket()], history: [nobody] };
      await expect(store.commit(change)).rejects.toThrow(/foreign key/i);
      expect(await everything(store)).toEqual(before);
      expect(await store.commit(changeOf(admissionOf()))).toBe("committed");
    });

    it("records the same intent once (§9)", async () => {
      const { store } = harness;
      await store.commit({ effects: [aComment("one"), aComment("two")] });
      await store.commit({ effects: [aComment("two"), aComment("three"), aComment("three")] });
      const keys = (await store.effects.overdue(aTime + 1, 10)).map(({ key }) => key.split(":").at(-1));
      expect(keys).toEqual(["one", "two", "three"]);
    });

    it("ends a run and admits the next of its ticket in one change", async () => {
      const { store } = harness;
      const plan = admissionOf({ phase: "plan" });
      await store.commit(changeOf(plan));
      const next = admissionOf({ n: 2, ticket: "ACME-1" });
      const change = { ...changeOf(next), runs: [{ value: ended(plan.run), version: 1 }] };
      expect(await store.commit(change)).toBe("committed");
      expect((await store.listLiveRuns()).map(({ value }) => value.id)).toEqual([next.run.id]);
    });

    it("gives back every field of a run, and the ticket as it stood at admission (§5.3)", async () => {
      const { store } = harness;
      const admission = admissionOf();
      await store.commit(changeOf(admission));
      const full = aClaimedRun({
        ...ended(aClaimedRun({ id: admission.run.id })),
        state: "failed",
        report: anImplementedReport(),
        failure: { reason: "publish-refused", message: "The forge said no." },
      });
      const edited = { ...full, ticket: aTicket({ description: "edited since", title: "edited since" }) };
      await store.commit({ runs: [{ value: edited, version: 1 }] });
      await harness.reopen();
      expect(await harness.store.findRun(full.id)).toEqual({ value: full, version: 2 });
    });

    it("takes more than one statement can carry", async () => {
      const { store } = harness;
      const identifiers = Array.from({ length: 1_201 }, (_, index) => `ACME-${index}`);
      const known = identifiers.map((identifier) => aKnownTicket({ ticket: aTicket({ identifier }) }));
      const effects = identifiers.map((topic) => aComment(topic));
      expect(await store.commit({ knownTickets: known, effects })).toBe("committed");
      expect(await store.listKnownTickets()).toHaveLength(known.length);
      expect(await store.effects.overdue(aTime + 1, 5_000)).toHaveLength(effects.length);
    });
  });
};
