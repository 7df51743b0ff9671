import { describe, expect, it } from "vitest";
import type { Run } from "../run.ts";
import {
  aHistory,
  aPolicy,
  aProject,
  aRun,
  aSnapshot,
  aTicket,
  aTime,
  liveRunOf,
} from "../testing/builders.ts";
import { hours, minutes } from "../time.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { Snapshot, TicketHistory } from "./snapshot.ts";

const ticket = aTicket();

const theDecision = (overrides: Partial<Snapshot> = {}): Decision => {
  const [decision, ...rest] = decide(aSnapshot(overrides), aTime);
  if (decision === undefined || rest.length > 0) throw new Error("expected one decision");
  return decision;
};

const withHistory = (history: Partial<TicketHistory>, overrides: Partial<Snapshot> = {}): Decision =>
  theDecision({ ...overrides, histories: new Map([[ticket.id, aHistory(history)]]) });

const theReason = (decision: Decision) => (decision.kind === "skip" ? decision.reason : decision);

const anEndedRun = (overrides: Partial<Run>): Run => aRun({ endedAt: aTime - minutes(5), ...overrides });
const transient = { reason: "provider-overloaded", message: "The provider is overloaded." } as const;
const lasting = { reason: "agent-refused", message: "The agent refused." } as const;
const planned = anEndedRun({ phase: "plan", state: "succeeded" });
const plan = { completedAt: aTime - minutes(5) };

describe("a marked ticket (§6)", () => {
  it("is planned first", () => {
    expect(theDecision()).toMatchObject({ kind: "dispatch", phase: "plan", tryNumber: 1 });
  });

  it("is implemented once its plan is complete, and the plan's lease does not hold it (§5.4)", () => {
    const lease = {
      ticketId: ticket.id,
      phase: "plan",
      runId: planned.id,
      until: aTime + hours(20),
    } as const;
    expect(withHistory({ lastRun: planned, plan, leases: [lease] })).toMatchObject({
      kind: "dispatch",
      phase: "implement",
      tryNumber: 1,
    });
  });

  it("without a project is skipped as no-mapping, and holds nobody up", () => {
    const stray = aTicket({ identifier: "OTHER-1", scope: "OTHER", priority: 1 });
    const decisions = decide(aSnapshot({ tickets: [stray, ticket] }), aTime);
    expect(decisions.map(theReason)).toMatchObject([{ kind: "no-mapping" }, { kind: "dispatch" }]);
  });

  it("with a live run is in flight, even where its scope is mapped no longer", () => {
    const run = aRun({ phase: "plan" });
    const liveRuns = [liveRunOf(run)];
    const reason = { kind: "in-flight", runId: run.id, phase: "plan", since: run.admittedAt };
    expect(theReason(theDecision({ liveRuns }))).toEqual(reason);
    expect(theReason(theDecision({ liveRuns, projects: [] }))).toEqual(reason);
  });

  it("waits while its project is paused, its tracker fails, or others block it: all of them are named", () => {
    const failure = { since: aTime - minutes(3), error: "503" };
    const blockedBy = [
      { identifier: "ACME-7", state: "Todo" },
      { identifier: "ACME-8", state: "In Progress" },
    ];
    const paused = theDecision({ projects: [aProject({ paused: true })] });
    expect(theReason(paused)).toEqual({ kind: "paused" });
    const failing = theDecision({ failingTrackers: new Map([["linear", failure]]) });
    expect(theReason(failing)).toEqual({ kind: "tracker-error", ...failure });
    const blocked = theDecision({ tickets: [aTicket({ blockedBy })] });
    expect(theReason(blocked)).toEqual({ kind: "blocked", by: blockedBy });
  });

  it("that two overlapping scopes show is decided once", () => {
    const twice = [ticket, aTicket({ scope: "ZEBRA" })];
    const projects = [aProject(), aProject({ key: "ZEBRA" })];
    expect(decide(aSnapshot({ tickets: twice, projects }), aTime)).toHaveLength(1);
  });
});

describe("approval (§7.1)", () => {
  const projects = [aProject({ autoApprovePlans: false })];
  const waiting = { kind: "awaiting-approval", since: plan.completedAt };

  it("is waited for when plans are not approved by themselves", () => {
    expect(theReason(withHistory({ lastRun: planned, plan }, { projects }))).toEqual(waiting);
  });

  it("is waited for while Jira and the folder still show the ticket as planning, and takes no capacity", () => {
    const tickets = [aTicket({ stage: "planning" }), aTicket({ identifier: "ACME-2", createdAt: aTime })];
    const histories = new Map([[ticket.id, aHistory({ lastRun: planned, plan, strayingSince: aTime })]]);
    const one = [aProject({ autoApprovePlans: false, maxInProgress: 1 })];
    const decisions = decide(aSnapshot({ projects: one, tickets, histories }), aTime);
    expect(decisions.map(theReason)).toMatchObject([waiting, { kind: "dispatch", phase: "plan" }]);
  });

  it("comes from the UI or from the tracker", () => {
    const approved = { ...plan, approvedAt: aTime - minutes(1) };
    const tickets = [aTicket({ planApproved: true })];
    const inUi = withHistory({ lastRun: planned, plan: approved }, { projects });
    const inTracker = withHistory({ lastRun: planned, plan }, { projects, tickets });
    expect(inUi).toMatchObject({ kind: "dispatch", phase: "implement" });
    expect(inTracker).toMatchObject({ kind: "dispatch", phase: "implement" });
  });
});

describe("a ticket whose last run", () => {
  it("failed transiently backs off, then counts on, its own lease not in the way (§15, §5.4)", () => {
    const run = anEndedRun({
      state: "failed",
      failure: transient,
      tryNumber: 2,
      endedAt: aTime - minutes(1),
    });
    const leases = [{ ticketId: ticket.id, phase: run.phase, runId: run.id, until: aTime + hours(20) }];
    const early = withHistory({ lastRun: run, plan, leases });
    expect(theReason(early)).toMatchObject({ kind: "backing-off", why: transient.message });
    const late = withHistory({ lastRun: { ...run, endedAt: aTime - minutes(30) }, plan, leases });
    expect(late).toMatchObject({ kind: "dispatch", phase: "implement", tryNumber: 3 });
  });

  it("failed for good, or too often, is parked with the reason (§15)", () => {
    const forGood = anEndedRun({ state: "failed", failure: lasting });
    const thirdTime = anEndedRun({ state: "timed_out", failure: transient, tryNumber: 3 });
    for (const lastRun of [forGood, thirdTime])
      expect(theReason(withHistory({ lastRun, plan }))).toEqual({
        kind: "parked",
        why: lastRun.failure?.message,
        since: lastRun.endedAt,
      });
  });

  it("was un-parked starts again at try one, and a plan still counts (§7.1)", () => {
    const again = withHistory(
      { resetAt: aTime, plan },
      { tickets: [aTicket({ stage: "implementing-failed" })] },
    );
    expect(again).toMatchObject({ kind: "dispatch", phase: "implement", tryNumber: 1 });
  });

  it("was stopped by an operator is held by its lease (§5.4)", () => {
    const lastRun = anEndedRun({ phase: "plan", state: "cancelled" });
    const lease = {
      ticketId: ticket.id,
      phase: "plan",
      runId: lastRun.id,
      until: aTime + hours(20),
    } as const;
    expect(theReason(withHistory({ lastRun, leases: [lease] }))).toEqual({
      kind: "dedup",
      until: lease.until,
      runId: lastRun.id,
    });
    expect(withHistory({ lastRun, leases: [{ ...lease, until: aTime }] })).toMatchObject({
      kind: "dispatch",
    });
  });

  it("opened a pull request waits for review; a merged one says so; a closed one parks it (§12)", () => {
    for (const state of ["succeeded", "review_failed"] as const) {
      const lastRun = anEndedRun({ state });
      const after = (pullRequest: TicketHistory["pullRequest"]) =>
        theReason(withHistory({ lastRun, plan, ...(pullRequest === undefined ? {} : { pullRequest }) }));
      const review = { kind: "ready-for-review", pullRequest: 5, merged: false };
      expect(after(undefined)).toEqual({ ...review, pullRequest: null });
      expect(after({ number: 5, state: "open", head: "ai-implement/t-1" })).toEqual(review);
      expect(after({ number: 5, state: "merged", head: "ai-implement/t-1" })).toEqual({
        ...review,
        merged: true,
      });
      expect(after({ number: 5, state: "closed", head: "ai-implement/t-1" })).toMatchObject({
        kind: "parked",
      });
    }
  });

  it("was a revision is never followed by an implementation in its place", () => {
    const pullRequest = { number: 5, state: "open", head: "ai-implement/t-1" } as const;
    const stopped = anEndedRun({ phase: "revise", state: "cancelled" });
    expect(theReason(withHistory({ lastRun: stopped, plan, pullRequest }))).toMatchObject({
      kind: "ready-for-review",
    });
    const lost = { ...stopped, state: "failed", failure: transient, endedAt: aTime - hours(2) } as const;
    expect(withHistory({ lastRun: lost, plan, pullRequest })).toMatchObject({
      kind: "dispatch",
      phase: "revise",
      tryNumber: 2,
    });
  });
});

describe("the marker, where no run of ours counts (§5.1, §7.1)", () => {
  const marked = (stage: Snapshot["tickets"][number]["stage"], history: Partial<TicketHistory> = {}) =>
    theReason(withHistory(history, { tickets: [aTicket({ stage })] }));

  it("holds a ticket in review, failed or merged", () => {
    expect(marked("pr-open")).toEqual({ kind: "ready-for-review", pullRequest: null, merged: false });
    expect(
      marked("pr-open", { pullRequest: { number: 4, state: "merged", head: "ai-implement/t-1" } }),
    ).toMatchObject({
      merged: true,
    });
    expect(
      marked("pr-open", { pullRequest: { number: 4, state: "closed", head: "ai-implement/t-1" } }),
    ).toMatchObject({
      kind: "parked",
    });
    expect(marked("merged")).toEqual({ kind: "ready-for-review", pullRequest: null, merged: true });
    expect(marked("planning-failed")).toMatchObject({ kind: "parked", since: ticket.updatedAt });
  });

  it("gives way to a person who said 'again' after the pull request was closed", () => {
    const history = {
      pullRequest: { number: 4, state: "closed", head: "ai-implement/t-1" },
      resetAt: aTime,
      plan,
    } as const;
    expect(marked("pr-open", history)).toMatchObject({ kind: "dispatch", phase: "implement" });
  });

  it("says working without a run: held until it is reset", () => {
    const resetsAt = aTime + aPolicy.strayAfterMs;
    expect(marked("implementing", { strayingSince: aTime })).toEqual({
      kind: "in-flight",
      runId: null,
      resetsAt,
    });
  });
});

describe("the order (§6)", () => {
  it("is approved plans, then priority (none last), then age, then identifier", () => {
    const of = (identifier: string, overrides: object = {}) => aTicket({ identifier, ...overrides });
    const tickets = [
      of("ACME-9", { priority: 0 }),
      of("ACME-3", { priority: 2 }),
      of("ACME-2", { priority: 2 }),
      of("ACME-4", { priority: 2, createdAt: aTime - hours(5) }),
      of("ACME-1", { priority: 1 }),
      of("ACME-8", { priority: 4, stage: "plan-complete" }),
    ];
    const order = decide(aSnapshot({ tickets }), aTime).map((decision) => decision.ticket.identifier);
    expect(order).toEqual(["ACME-8", "ACME-1", "ACME-4", "ACME-2", "ACME-3", "ACME-9"]);
  });

  it("does not put a plan that waits for approval first", () => {
    const projects = [aProject({ autoApprovePlans: false })];
    const waiting = aTicket({ identifier: "ACME-2", priority: 4 });
    const histories = new Map([[waiting.id, aHistory({ lastRun: planned, plan })]]);
    const decisions = decide(aSnapshot({ projects, tickets: [waiting, ticket], histories }), aTime);
    expect(decisions.map((decision) => decision.ticket.identifier)).toEqual(["ACME-1", "ACME-2"]);
  });
});
