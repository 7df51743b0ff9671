import { describe, expect, it } from "vitest";
import { aHistory, aRun, aTicket, aTime, liveRunOf } from "../testing/builders.ts";
import type { Stage } from "../ticket.ts";
import { minutes } from "../time.ts";
import { assess, type PreviousLook } from "./assess.ts";
import type { TicketHistory } from "./snapshot.ts";

const id = aTicket().id;

const look = (stage: Stage, previous: Partial<PreviousLook> | null, history: Partial<TicketHistory> = {}) =>
  assess(
    [aTicket({ stage })],
    new Map([[id, aHistory(history)]]),
    [],
    previous === null
      ? new Map()
      : new Map([
          [id, { sight: "marked", strayingSince: null, decision: { reason: "parked" }, ...previous }],
        ]),
    aTime,
  );

describe("marking a ticket again (§7.1)", () => {
  const lastRun = aRun({ state: "failed" });
  const lease = { ticketId: id, phase: "implement", runId: lastRun.id, until: aTime + 1 } as const;
  const plan = { completedAt: aTime };

  it("forgets the failed run and its lease, and keeps the plan", () => {
    const { remarked, histories } = look("marked", { sight: "unmarked" }, { lastRun, leases: [lease], plan });
    expect(remarked).toEqual([id]);
    expect(histories.get(id)).toEqual({ leases: [], plan, resetAt: aTime });
  });

  it("is setting a failed ticket back by hand", () => {
    expect(look("plan-complete", { sight: "implementing-failed" }).remarked).toEqual([id]);
  });

  it("is not what a run of ours did between two looks", () => {
    for (const reason of ["dispatch", "in-flight"])
      expect(look("marked", { sight: "planning-failed", decision: { reason } }).remarked).toEqual([]);
  });

  it("is not our own clearing of a ticket whose pull request was closed (§12)", () => {
    const pullRequest = { number: 3, state: "closed", head: "ai-implement/t-1" } as const;
    expect(look("marked", { sight: "pr-open" }, { pullRequest }).remarked).toEqual([]);
    expect(look("marked", { sight: "unmarked" }, { pullRequest }).remarked).toEqual([id]);
  });

  it("is not seen at the first look, nor while a run is live", () => {
    expect(look("marked", null).remarked).toEqual([]);
    const live = [liveRunOf(aRun())];
    const previous = new Map([[id, { sight: "unmarked", strayingSince: null, decision: null } as const]]);
    expect(assess([aTicket()], new Map(), live, previous, aTime).remarked).toEqual([]);
  });
});

describe("a marker that says working without a run (§5.1)", () => {
  it("strays since it was first seen", () => {
    expect(look("implementing", null).straying.get(id)).toBe(aTime);
    const since = aTime - minutes(4);
    const later = look("implementing", { sight: "implementing", strayingSince: since });
    expect(later.straying.get(id)).toBe(since);
    expect(later.histories.get(id)?.strayingSince).toBe(since);
  });

  it("does not stray while a plan waits for its approval, or once the marker is gone", () => {
    expect(look("planning", null, { plan: { completedAt: aTime } }).straying.size).toBe(0);
    const gone = look("marked", { strayingSince: aTime }, { strayingSince: aTime });
    expect(gone.histories.get(id)?.strayingSince).toBeUndefined();
  });
});
