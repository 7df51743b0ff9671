import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Project, scopeKey, scopeOf } from "../project.ts";
import type { Run } from "../run.ts";
import { aPolicy, aProject, aRun, aRunId, aTicket, aTime, liveRunOf } from "../testing/builders.ts";
import { stages, type Ticket } from "../ticket.ts";
import { hours } from "../time.ts";
import { decide } from "./decide.ts";
import type { Decision, Dispatch } from "./decision.ts";
import { nextPhase } from "./phase.ts";
import {
  emptyHistory,
  hasOpenPullRequest,
  type LiveRun,
  type Snapshot,
  type TicketHistory,
} from "./snapshot.ts";

const keys = ["ACME", "BETA", "GAMMA"] as const;
const trackers = { ACME: "linear", BETA: "jira", GAMMA: "folder", NOWHERE: "linear" } as const;
const anInstant = fc.integer({ min: aTime - hours(48), max: aTime + hours(48) });
const dollars = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(1_000_000));
const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const withoutUndefined = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const project: fc.Arbitrary<Project> = fc
  .record({
    key: fc.constantFrom(...keys),
    settings: fc.record({
      paused: fc.boolean(),
      planningEnabled: fc.boolean(),
      autoApprovePlans: fc.boolean(),
      maxInProgress: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(Number.MAX_SAFE_INTEGER)),
      maxOpenPullRequests: optional(fc.integer({ min: 1, max: 4 })),
    }),
    budget: fc.record({
      perRunUsd: optional(dollars),
      perDayUsd: optional(dollars),
      perMonthUsd: optional(dollars),
    }),
  })
  .map(({ key, settings, budget }) => {
    const kind = trackers[key];
    const ticketing =
      kind === "jira"
        ? { kind, jql: "project = BETA", repoFieldValue: "shop" }
        : kind === "folder"
          ? { kind, path: "." }
          : { kind };
    return aProject({ key, ticketing, ...withoutUndefined(settings), budget: withoutUndefined(budget) });
  });

const ticket: fc.Arbitrary<Ticket> = fc
  .record({
    n: fc.nat({ max: 30 }),
    scope: fc.constantFrom(...keys, "NOWHERE" as const),
    stage: fc.constantFrom("marked", "marked", ...stages),
    priority: fc.constantFrom(0, 1, 2, 3, 4),
    createdAt: fc.constantFrom(aTime, aTime - 1, aTime - 2),
    planApproved: fc.boolean(),
    blocked: fc.nat({ max: 9 }),
  })
  .map(({ n, scope, blocked, ...fields }) =>
    aTicket({
      ...fields,
      identifier: `T-${n}`,
      scope,
      tracker: trackers[scope],
      blockedBy: blocked === 0 ? [{ identifier: "T-99", state: "Todo" }] : [],
    }),
  );

const lastRun: fc.Arbitrary<Run> = fc
  .record({
    state: fc.constantFrom("succeeded", "review_failed", "failed", "timed_out", "cancelled"),
    phase: fc.constantFrom("plan", "implement", "revise"),
    tryNumber: fc.integer({ min: 1, max: 4 }),
    endedAt: anInstant,
    reason: fc.constantFrom("transport", "agent-refused"),
  })
  .map(({ reason, ...fields }) => {
    const failed = fields.state === "failed" || fields.state === "timed_out";
    return aRun({ ...fields, ...(failed ? { failure: { reason, message: "It failed." } } : {}) });
  });

const history: fc.Arbitrary<TicketHistory> = fc
  .record({
    leases: fc.array(
      fc.record({
        ticketId: fc.constant("any"),
        phase: fc.constantFrom("plan" as const, "implement" as const),
        runId: fc.constantFrom(aRunId(1), aRunId(2)),
        until: anInstant,
      }),
      { maxLength: 2 },
    ),
    lastRun: optional(lastRun),
    plan: optional(fc.constantFrom({ completedAt: aTime }, { completedAt: aTime, approvedAt: aTime })),
    pullRequest: optional(
      fc.record({
        number: fc.nat(),
        state: fc.constantFrom("open" as const, "merged" as const, "closed" as const),
      }),
    ),
    strayingSince: optional(anInstant),
    resetAt: optional(anInstant),
  })
  .map(({ leases, ...rest }) => ({ leases, ...withoutUndefined(rest) }));

const snapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    projects: fc.array(project, { maxLength: 5 }),
    tickets: fc.array(ticket, { maxLength: 25 }),
    histories: fc.array(history, { minLength: 31, maxLength: 31 }),
    live: fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 4 }),
    livePhase: fc.constantFrom("plan" as const, "implement" as const),
    open: fc.nat({ max: 5 }),
    spent: dollars,
    failing: fc.boolean(),
  })
  .map(({ projects, tickets, histories, live, livePhase, open, spent, failing }) => {
    const byNumber = new Map(histories.map((entry, n) => [`linear:T-${n}`, entry]));
    const liveTickets = tickets.filter(({ identifier }) => live.includes(Number(identifier.slice(2))));
    const runs = [...new Map(liveTickets.map((each) => [each.id, each])).values()].map((each) => ({
      ...liveRunOf(aRun({ ticket: each, phase: livePhase, projectKey: each.scope })),
      reservedUsd: 1,
    }));
    return {
      projects,
      tickets,
      histories: byNumber,
      liveRuns: runs,
      openPullRequests: new Map([["ACME", open]]),
      spend: new Map([["ACME", { todayUsd: spent, thisMonthUsd: spent }]]),
      failingTrackers: failing ? new Map([["jira", { since: aTime, error: "503" }] as const]) : new Map(),
      policy: aPolicy,
    };
  });

const dispatches = (decisions: readonly Decision[]): readonly Dispatch[] =>
  decisions.filter((decision) => decision.kind === "dispatch");
const always = (property: (given: Snapshot, decisions: readonly Decision[]) => void) =>
  fc.assert(
    fc.property(snapshot, (given) => {
      property(given, decide(given, aTime));
    }),
    { numRuns: 500 },
  );

describe("decide, whatever it is given (§6)", () => {
  it("makes exactly one decision per ticket", () => {
    always(({ tickets }, decisions) => {
      const ids = [...new Set(tickets.map(({ id }) => id))];
      expect(decisions.map((decision) => decision.ticket.id).sort()).toEqual(ids.sort());
    });
  });

  it("makes the same ones again, in whatever order the tickets come, and changes nothing it was given", () => {
    always((given, decisions) => {
      const before = structuredClone(given);
      expect(decide(given, aTime)).toEqual(decisions);
      expect(given).toEqual(before);
      const once = [...new Map(given.tickets.map((each) => [each.id, each])).values()];
      const forth = decide({ ...given, tickets: once }, aTime);
      expect(decide({ ...given, tickets: once.toReversed() }, aTime)).toEqual(forth);
    });
  });

  it("puts approved plans before new tickets, then priority, age and identifier", () => {
    always((given, decisions) => {
      const ranks = decisions.map((decision) => rankOf(given, decision.ticket));
      expect(ranks).toEqual(ranks.toSorted(compareRanks));
    });
  });

  it("never starts a ticket that works, waits or is held", () => {
    always(({ liveRuns, histories, failingTrackers }, decisions) => {
      const live = new Set(liveRuns.map(({ ticketId }) => ticketId));
      for (const { ticket: each, project: its, phase } of dispatches(decisions)) {
        const { leases, lastRun: last } = histories.get(each.id) ?? emptyHistory;
        const held = leases.some(
          (lease) => lease.phase === phase && lease.until > aTime && lease.runId !== last?.id,
        );
        expect(live.has(each.id) || its.paused || failingTrackers.has(each.tracker) || held).toBe(false);
        expect(each.blockedBy).toEqual([]);
        expect(scopeKey(scopeOf(its))).toBe(scopeKey(each));
      }
    });
  });

  it("never exceeds a cap with what is live and what it starts", () => {
    always((given, decisions) => {
      const started = dispatches(decisions);
      for (const { project: its } of started) {
        const together = started.filter((each) => each.project.key === its.key);
        checkCapacity(given, its, together);
        checkReviews(given, its, together);
        checkBudget(given, its, together);
      }
    });
  });

  it("ends for 10,000 tickets in 1,000 projects, ties and all", () => {
    const projects = Array.from({ length: 1_000 }, (_, n) => aProject({ key: `P${n}`, maxInProgress: 2 }));
    const tickets = Array.from({ length: 10_000 }, (_, n) =>
      aTicket({ identifier: `T-${n}`, scope: `P${n % 1_000}`, createdAt: aTime }),
    );
    const decisions = decide(
      {
        projects,
        tickets,
        histories: new Map(),
        liveRuns: [],
        openPullRequests: new Map(),
        spend: new Map(),
        failingTrackers: new Map(),
        policy: aPolicy,
      },
      aTime,
    );
    expect(decisions).toHaveLength(10_000);
    expect(dispatches(decisions)).toHaveLength(2_000);
  });
});

type Rank = readonly [approved: number, urgency: number, createdAt: number, identifier: string];

/** §6 in other words than the code's. */
const rankOf = ({ projects, histories }: Snapshot, each: Ticket): Rank => {
  const its = projects.findLast((candidate) => scopeKey(scopeOf(candidate)) === scopeKey(each));
  const { plan } = histories.get(each.id) ?? emptyHistory;
  const hasPlan = plan !== undefined || each.planApproved || each.stage === "plan-complete";
  const goesOn =
    its !== undefined &&
    hasPlan &&
    nextPhase(each, its, histories.get(each.id) ?? emptyHistory).kind === "phase";
  return [goesOn ? 0 : 1, each.priority === 0 ? 9 : each.priority, each.createdAt, each.identifier];
};

const compareRanks = (a: Rank, b: Rank): number => {
  for (const [at, left] of a.entries()) {
    const right = b[at] ?? left;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
};

const checkCapacity = ({ liveRuns }: Snapshot, its: Project, started: readonly Dispatch[]): void => {
  const live = liveRuns
    .filter((run) => run.scopeKey === scopeKey(scopeOf(its)))
    .map(({ ticketId }) => ticketId);
  const working = new Set([...live, ...started.map((each) => each.ticket.id)]);
  expect(working.size).toBeLessThanOrEqual(its.maxInProgress);
};

const checkReviews = (given: Snapshot, its: Project, started: readonly Dispatch[]): void => {
  const opens = ({ ticketId, phase }: Pick<LiveRun, "ticketId" | "phase">) =>
    phase !== "plan" && !hasOpenPullRequest(given.histories.get(ticketId));
  const live = given.liveRuns.filter((run) => run.projectKey === its.key && opens(run)).length;
  const added = started.filter((each) => opens({ ticketId: each.ticket.id, phase: each.phase })).length;
  if (added === 0) return;
  const open = given.openPullRequests.get(its.key) ?? 0;
  expect(open + live + added).toBeLessThanOrEqual(its.maxOpenPullRequests ?? Number.POSITIVE_INFINITY);
};

const checkBudget = ({ spend, liveRuns }: Snapshot, its: Project, started: readonly Dispatch[]): void => {
  const reserved = liveRuns.filter(({ projectKey }) => projectKey === its.key).length;
  const { perRunUsd = 0, perDayUsd, perMonthUsd } = its.budget;
  const committed = reserved + started.length * perRunUsd;
  const spent = spend.get(its.key) ?? { todayUsd: 0, thisMonthUsd: 0 };
  expect(spent.todayUsd + committed).toBeLessThanOrEqual(perDayUsd ?? Number.POSITIVE_INFINITY);
  expect(spent.thisMonthUsd + committed).toBeLessThanOrEqual(perMonthUsd ?? Number.POSITIVE_INFINITY);
};
