import { describe, expect, it } from "vitest";
import { aProject, aRunId, aTicket, aTime, liveRunOf } from "../../../core/testing/builders.ts";
import { aPlannedReport } from "../../../core/testing/reports.ts";
import { hours } from "../../../core/time.ts";
import { attemptKey } from "../../../ports/store.ts";
import { admissionOf, aKnownPullRequest, aKnownTicket, changeOf, ended } from "./builders.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

const ticketId = aTicket().id;
const { plan } = aPlannedReport();

export const describeDispatchFacts = (makeDatabase: MakeDatabase): void => {
  describe("the facts of a decision (§6.2)", () => {
    const harness = useStore(makeDatabase);
    const facts = (now = aTime) => harness.store.dispatchFacts(now);
    const history = async (now = aTime) => (await facts(now)).histories.get(ticketId);
    /** A plan run that ended, and the implement run after it, which lives. */
    const twoRuns = async () => {
      const planning = admissionOf({ phase: "plan" });
      const work = admissionOf({ n: 2, ticket: "ACME-1", at: aTime + 10 });
      await harness.store.commit(changeOf(planning));
      await harness.store.commit({ ...changeOf(work), runs: [{ value: ended(planning.run), version: 1 }] });
      return { planning, work };
    };

    it("are empty where nothing happened", async () => {
      const nothing = new Map();
      expect(await facts()).toEqual({
        histories: nothing,
        liveRuns: [],
        openPullRequests: nothing,
        spend: nothing,
        lastAttempts: nothing,
        obstacles: nothing,
      });
    });

    it("name what holds a ticket up: the oldest delivery that failed, until it comes to its end (§9)", async () => {
      await harness.store.commit(changeOf(admissionOf()));
      expect((await facts()).obstacles).toEqual(new Map());
      const [dispatch, stage] = await harness.store.effects.take(aTime, aTime + 1, 10);
      if (dispatch === undefined || stage === undefined) throw new Error("two effects are due");
      const long = "The App is not installed. ".repeat(100);
      await harness.store.effects.postpone(stage.id, aTime + 20, "Linear is down.", true);
      await harness.store.effects.postpone(dispatch.id, aTime + 10, long, true);
      const heldUp = async () => (await facts()).obstacles.get(ticketId);
      expect(await heldUp()).toEqual({ error: long.slice(0, 1_000), retryAt: aTime + 10 });
      await harness.store.commit({ deliveredEffects: [{ id: dispatch.id, at: aTime }] });
      expect(await heldUp()).toEqual({ error: "Linear is down.", retryAt: aTime + 20 });
      await harness.store.effects.abandon(stage.id, aTime, "gone");
      expect(await heldUp()).toBeUndefined();
    });

    it("show the newest run of a ticket", async () => {
      const { work } = await twoRuns();
      const { id, phase, state, tryNumber, attempt, admittedAt } = work.run;
      expect((await history())?.lastRun).toEqual({ id, phase, state, tryNumber, attempt, admittedAt });
      const failure = { reason: "machine-lost", message: "The machine is gone." } as const;
      await harness.store.commit({
        runs: [{ value: ended(work.run, { state: "failed", failure }), version: 1 }],
      });
      expect((await history())?.lastRun).toMatchObject({
        state: "failed",
        failure,
        endedAt: admittedAt + 1_000,
      });
    });

    it("leave out the runs before a person last said “again” (§7.1)", async () => {
      const { work } = await twoRuns();
      await harness.store.commit({ resets: [{ ticketId, at: aTime + 11 }] });
      expect(await history()).toMatchObject({ resetAt: aTime + 11 });
      expect(await history()).not.toHaveProperty("lastRun");
      await harness.store.commit({ resets: [{ ticketId, at: aTime + 10 }] });
      expect((await history())?.lastRun?.id).toBe(work.run.id);
    });

    it("show the leases that still hold", async () => {
      const { planning, work } = await twoRuns();
      expect((await history(aTime + hours(24) - 1))?.leases).toEqual([work.lease, planning.lease]);
      expect((await history(aTime + hours(24)))?.leases).toEqual([work.lease]);
    });

    it("show the newest plan, and since when a person approved it (§7.1)", async () => {
      await twoRuns();
      const plans = [
        { ticketId, runId: aRunId(1), plan, at: aTime + 20 },
        { ticketId, runId: aRunId(2), plan, at: aTime + 10 },
      ];
      await harness.store.commit({ plans, approvals: [{ ticketId, at: aTime + 30 }] });
      expect((await history())?.plan).toEqual({ completedAt: aTime + 20, approvedAt: aTime + 30 });
      await harness.store.commit({ approvals: [{ ticketId, at: aTime + 40 }] });
      expect((await history())?.plan?.approvedAt).toBe(aTime + 30);
    });

    it("show the pull request that was opened last", async () => {
      await harness.store.commit({
        pullRequests: [
          aKnownPullRequest(8, { ticket: "ACME-1" }),
          aKnownPullRequest(9, { ticket: "ACME-1", state: "closed" }),
          aKnownPullRequest(10, { state: "merged" }),
        ],
      });
      await harness.store.commit({
        pullRequests: [aKnownPullRequest(8, { ticket: "ACME-1", title: "edited" })],
      });
      expect((await history())?.pullRequest).toEqual({ number: 9, state: "closed", head: "ai-implement/9" });
    });

    it("count the open pull requests of each project", async () => {
      await harness.store.commit({
        pullRequests: [
          aKnownPullRequest(1),
          aKnownPullRequest(2),
          aKnownPullRequest(3, { state: "merged" }),
          aKnownPullRequest(4, { projectKey: "SHOP" }),
        ],
      });
      await harness.store.commit({ pullRequests: [aKnownPullRequest(2, { state: "closed" })] });
      expect((await facts()).openPullRequests).toEqual(
        new Map([
          ["ACME", 1],
          ["SHOP", 1],
        ]),
      );
    });

    it("show a ticket that was only seen, and since when its marker strays (§5.1)", async () => {
      await harness.store.commit({ knownTickets: [aKnownTicket({ strayingSince: aTime - 5 })] });
      expect(await history()).toEqual({ leases: [], strayingSince: aTime - 5 });
      await harness.store.commit({ knownTickets: [aKnownTicket({ strayingSince: null })] });
      expect(await history()).toEqual({ leases: [] });
    });

    it("show the live runs, with their scope and what they reserve (§5.1)", async () => {
      const { work } = await twoRuns();
      const paid = admissionOf({ n: 3, at: aTime + 20, project: aProject({ budget: { perRunUsd: 2.5 } }) });
      await harness.store.commit(changeOf(paid));
      expect((await facts()).liveRuns).toEqual([liveRunOf(work.run), liveRunOf(paid.run)]);
    });

    it("show the highest attempt of each ticket and phase", async () => {
      const { work } = await twoRuns();
      const third = admissionOf({ n: 3, ticket: "ACME-1", attempt: 3, at: aTime + hours(25) });
      await harness.store.commit({ ...changeOf(third), runs: [{ value: ended(work.run), version: 1 }] });
      expect((await facts()).lastAttempts).toEqual(
        new Map([
          [attemptKey(ticketId, "implement"), 3],
          [attemptKey(ticketId, "plan"), 1],
        ]),
      );
    });
  });
};
