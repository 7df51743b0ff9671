import { describe, expect, it } from "vitest";
import { aHistory, aProject, aRun, aSnapshot, aTicket, aTime, liveRunOf } from "../testing/builders.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { Snapshot } from "./snapshot.ts";

const first = aTicket({ identifier: "ACME-1", priority: 1 });
const second = aTicket({ identifier: "ACME-2", priority: 2 });
const third = aTicket({ identifier: "ACME-3", priority: 3 });
const outcome = (decision: Decision) => (decision.kind === "skip" ? decision.reason : "dispatch");
const outcomes = (overrides: Partial<Snapshot>) => decide(aSnapshot(overrides), aTime).map(outcome);
const spent = (todayUsd: number, thisMonthUsd = todayUsd): Snapshot["spend"] =>
  new Map([["ACME", { todayUsd, thisMonthUsd }]]);

describe("capacity (§5.1)", () => {
  it("is the tickets with a live run, those whose marker says working, and those let in before", () => {
    const elsewhere = aTicket({ identifier: "ACME-9", stage: "implementing" });
    const running = aTicket({ identifier: "ACME-8" });
    const reasons = outcomes({
      projects: [aProject({ maxInProgress: 3 })],
      tickets: [first, second, elsewhere, running],
      liveRuns: [liveRunOf(aRun({ ticket: running }))],
      histories: new Map([[elsewhere.id, aHistory({ strayingSince: aTime })]]),
    });
    expect(reasons.slice(0, 2)).toEqual(["dispatch", { kind: "concurrency", working: 3, max: 3 }]);
  });

  it("counts a live run whose ticket is no longer marked, and each scope for itself", () => {
    const tickets = [first, aTicket({ identifier: "BETA-1", scope: "BETA" })];
    const projects = [aProject({ maxInProgress: 1 }), aProject({ key: "BETA", maxInProgress: 1 })];
    const liveRuns = [liveRunOf(aRun({ ticket: third }))];
    expect(outcomes({ tickets, projects, liveRuns })).toEqual([
      { kind: "concurrency", working: 1, max: 1 },
      "dispatch",
    ]);
  });

  it("is not taken by the ticket itself", () => {
    const tickets = [aTicket({ stage: "planning" })];
    expect(outcomes({ tickets, projects: [aProject({ maxInProgress: 1 })] })).toEqual(["dispatch"]);
  });
});

describe("budgets (§5.1)", () => {
  const budget = { perRunUsd: 4, perDayUsd: 10 };

  it("reserve perRunUsd for every live run and every ticket let in, so that none overshoots", () => {
    const live = { ...liveRunOf(aRun({ ticket: third })), reservedUsd: 4 };
    const reasons = outcomes({
      projects: [aProject({ budget, maxInProgress: 9 })],
      tickets: [first, second],
      liveRuns: [live],
    });
    expect(reasons).toEqual(["dispatch", { kind: "budget", window: "day", spentUsd: 8, limitUsd: 10 }]);
  });

  it("may be spent to the last cent, and not beyond", () => {
    const at = (todayUsd: number) => outcomes({ projects: [aProject({ budget })], spend: spent(todayUsd) });
    expect(at(6)).toEqual(["dispatch"]);
    expect(at(6.01)).toEqual([{ kind: "budget", window: "day", spentUsd: 6.01, limitUsd: 10 }]);
  });

  it("without a cap per run hold once the limit is reached, by day and by month", () => {
    const projects = [aProject({ budget: { perDayUsd: 10, perMonthUsd: 50 } })];
    expect(outcomes({ projects, spend: spent(9.99) })).toEqual(["dispatch"]);
    expect(outcomes({ projects, spend: spent(10) })).toMatchObject([{ kind: "budget", window: "day" }]);
    expect(outcomes({ projects, spend: spent(1, 50) })).toMatchObject([{ kind: "budget", window: "month" }]);
  });
});

describe("the review backlog (§5.1 maxOpenPullRequests)", () => {
  const planned = { plan: { completedAt: aTime } };
  const histories = new Map([first, second].map(({ id }) => [id, aHistory(planned)]));
  const projects = [aProject({ maxOpenPullRequests: 2, maxInProgress: 9 })];
  const openPullRequests = new Map([["ACME", 1]]);

  it("counts the pull requests that live and admitted implementations will open", () => {
    const tickets = [first, second];
    const admitted = outcomes({ projects, tickets, histories, openPullRequests });
    expect(admitted).toEqual(["dispatch", { kind: "review-backlog", open: 2, max: 2 }]);
    const liveRuns = [liveRunOf(aRun({ ticket: third }))];
    const live = outcomes({ projects, tickets: [first], histories, openPullRequests, liveRuns });
    expect(live).toEqual([{ kind: "review-backlog", open: 2, max: 2 }]);
  });

  it("does not count plans, which open none", () => {
    expect(outcomes({ projects, tickets: [first, second, third], openPullRequests })).toEqual([
      "dispatch",
      "dispatch",
      "dispatch",
    ]);
  });

  it("does not hold a ticket whose own pull request is open: it is brought up to date (§12)", () => {
    const again = aHistory({
      ...planned,
      pullRequest: { number: 7, state: "open", head: "ai-implement/t-1" },
      resetAt: aTime,
    });
    const reasons = outcomes({
      projects: [aProject({ maxOpenPullRequests: 1 })],
      tickets: [first],
      histories: new Map([[first.id, again]]),
      openPullRequests,
    });
    expect(reasons).toEqual(["dispatch"]);
  });
});
