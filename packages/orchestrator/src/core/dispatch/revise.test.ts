import { describe, expect, it } from "vitest";
import type { Run } from "../run.ts";
import { aHistory, aProject, aRun, aSnapshot, aTicket, aTime, liveRunOf } from "../testing/builders.ts";
import { hours, minutes, seconds } from "../time.ts";
import { decide } from "./decide.ts";
import type { TicketHistory } from "./snapshot.ts";

const ticket = aTicket({ stage: "pr-open" });
const pullRequest = { number: 7, state: "open", head: "ai-implement/acme-1" } as const;
const receivedAt = aTime - minutes(1);
const feedback = { count: 1, receivedAt, readyAt: receivedAt };
const ended = (overrides: Partial<Run>): Run => aRun({ endedAt: aTime - minutes(5), ...overrides });
const implemented = ended({ phase: "implement", state: "succeeded" });

const decided = (history: Partial<TicketHistory>, snapshot: Parameters<typeof aSnapshot>[0] = {}) => {
  const histories = new Map([[ticket.id, aHistory({ pullRequest, lastRun: implemented, ...history })]]);
  const [decision] = decide(aSnapshot({ tickets: [ticket], histories, ...snapshot }), aTime);
  return decision?.kind === "skip" ? decision.reason : decision;
};

describe("a ticket whose pull request people asked to change (§12)", () => {
  it("gets a revise run, from its first try", () => {
    expect(decided({ feedback })).toMatchObject({ kind: "dispatch", phase: "revise", tryNumber: 1 });
  });

  it("waits for review where nobody asked, or where what was asked is still coming in", () => {
    expect(decided({})).toMatchObject({ kind: "ready-for-review" });
    expect(decided({ feedback: { ...feedback, readyAt: aTime + seconds(1) } })).toMatchObject({
      kind: "ready-for-review",
    });
  });

  it("gets none once its pull request is merged or closed", () => {
    expect(decided({ feedback, pullRequest: { ...pullRequest, state: "merged" } })).toMatchObject({
      kind: "ready-for-review",
      merged: true,
    });
    expect(decided({ feedback, pullRequest: { ...pullRequest, state: "closed" } })).toMatchObject({
      kind: "parked",
    });
  });

  it("waits while a run works on it, and for the project, as any other", () => {
    const lastRun = aRun({ phase: "revise", state: "running" });
    expect(decided({ feedback, lastRun }, { liveRuns: [liveRunOf(lastRun)] })).toMatchObject({
      kind: "in-flight",
      phase: "revise",
    });
    expect(decided({ feedback }, { projects: [aProject({ paused: true })] })).toEqual({ kind: "paused" });
  });

  it("is held by a revision's own lease, which new words take away where they are recorded (§5.4)", () => {
    const lastRun = ended({ phase: "revise", state: "cancelled" });
    const lease = {
      ticketId: ticket.id,
      phase: "revise",
      runId: lastRun.id,
      until: aTime + hours(20),
    } as const;
    expect(decided({ feedback, lastRun, leases: [lease] })).toMatchObject({ kind: "dedup" });
    expect(decided({ feedback, lastRun })).toMatchObject({ kind: "dispatch", phase: "revise" });
  });

  it("whose revision failed is retried or parked like any other run, and new words begin anew (§15)", () => {
    const transient = { reason: "machine-lost", message: "Gone." } as const;
    const lasting = { reason: "agent-refused", message: "No." } as const;
    const failed = (change: Partial<Run>) => ended({ phase: "revise", state: "failed", ...change });
    const before = { ...feedback, receivedAt: aTime - hours(1), readyAt: aTime - hours(1) };
    expect(decided({ feedback: before, lastRun: failed({ failure: lasting }) })).toMatchObject({
      kind: "parked",
    });
    const longAgo = { endedAt: aTime - minutes(50), failure: transient };
    expect(decided({ feedback: before, lastRun: failed(longAgo) })).toMatchObject({
      kind: "dispatch",
      phase: "revise",
      tryNumber: 2,
    });
    expect(decided({ feedback, lastRun: failed({ failure: lasting, tryNumber: 3 }) })).toMatchObject({
      kind: "dispatch",
      phase: "revise",
      tryNumber: 1,
    });
  });
});
