import { assess } from "../dispatch/assess.ts";
import { decide } from "../dispatch/decide.ts";
import type { Decision } from "../dispatch/decision.ts";
import type { Spend, TicketHistory } from "../dispatch/snapshot.ts";
import { defaultReconcilePolicy, type Observation, reconcileRun } from "../reconcile/reconcile-run.ts";
import { cancelCause } from "../reconcile/reconcile-ticket.ts";
import { isLive, type Run } from "../run.ts";
import { admit } from "../runs/admit.ts";
import { closedPullRequest, mergedPullRequest, ticketStage } from "../runs/after-review.ts";
import type { TicketId } from "../ticket.ts";
import { hours, type Instant } from "../time.ts";
import { aPolicy, aRunId, liveRunOf } from "./builders.ts";
import { apply, leaseKey, record, type World } from "./world.ts";

export const liveRuns = (world: World): readonly Run[] =>
  [...world.runs.values()].filter(({ state }) => isLive(state));

/** One cycle (§6): runs, tickets and pull requests are reconciled, then every marked ticket is decided. */
export const poll = (world: World): void => {
  reconcileRuns(world);
  reconcileTickets(world);
  reconcilePullRequests(world);
  const tickets = [...world.tracker.values()]
    .filter(({ ticket, marked }) => marked && ticket.lifecycle === "active")
    .map(({ ticket }) => ticket);
  const live = liveRuns(world).map(liveRunOf);
  const { histories, remarked } = assess(tickets, historiesOf(world), live, world.looks, world.now);
  for (const ticketId of remarked) reset(world, ticketId);
  world.decisions = decide(
    {
      projects: [...world.projects.values()],
      tickets,
      histories,
      liveRuns: live,
      openPullRequests: openPullRequests(world),
      spend: spendOf(world),
      failingTrackers: new Map(),
      policy: aPolicy,
    },
    world.now,
  );
  for (const decision of world.decisions) act(world, decision);
  remember(world, histories);
};

/** A person said "again" (§7.1). */
export const reset = (world: World, ticketId: TicketId): void => {
  world.resets.set(ticketId, world.now);
  for (const [key, lease] of world.leases) if (lease.ticketId === ticketId) world.leases.delete(key);
};

export const openPullRequests = ({ pullRequests, runs }: World): ReadonlyMap<string, number> => {
  const owner = new Map([...runs.values()].map(({ ticket, projectKey }) => [ticket.id, projectKey]));
  const counts = new Map<string, number>();
  for (const [ticketId, { state }] of pullRequests) {
    const key = owner.get(ticketId) ?? "";
    if (state === "open") counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};

export const spendOf = ({ costs, projects, now }: World): ReadonlyMap<string, Spend> => {
  const since = (key: string, start: Instant) =>
    costs.reduce((sum, cost) => sum + (cost.projectKey === key && cost.at >= start ? cost.usd : 0), 0);
  const day = now - (now % hours(24));
  const entry = (key: string): [string, Spend] => [
    key,
    { todayUsd: since(key, day), thisMonthUsd: since(key, 0) },
  ];
  return new Map([...projects.keys()].map(entry));
};

const historiesOf = (world: World): ReadonlyMap<TicketId, TicketHistory> =>
  new Map([...world.tracker.keys()].map((ticketId) => [ticketId, historyOf(world, ticketId)]));

const historyOf = (world: World, ticketId: TicketId): TicketHistory => {
  const resetAt = world.resets.get(ticketId);
  const lastRun = [...world.runs.values()]
    .filter(({ ticket, admittedAt }) => ticket.id === ticketId && admittedAt >= (resetAt ?? 0))
    .at(-1);
  const plan = world.plans.get(ticketId);
  const pullRequest = world.pullRequests.get(ticketId);
  return {
    leases: [...world.leases.values()].filter((lease) => lease.ticketId === ticketId),
    ...(resetAt === undefined ? {} : { resetAt }),
    ...(lastRun === undefined ? {} : { lastRun }),
    ...(plan === undefined ? {} : { plan }),
    ...(pullRequest === undefined ? {} : { pullRequest }),
  };
};

/** Refuses what the store refuses: a second live run, an attempt that exists, a lease that somebody holds. */
const act = (world: World, decision: Decision): void => {
  const { ticket } = decision;
  if (decision.kind === "skip") {
    const { reason } = decision;
    if (reason.kind !== "in-flight" || reason.runId !== null || reason.resetsAt > world.now) return;
    const resting = world.plans.has(ticket.id) ? "plan-complete" : "marked";
    record(world, [ticketStage(ticket, resting, `stray-${reason.resetsAt}`)]);
    return;
  }
  const { project, phase, tryNumber } = decision;
  const attempt =
    1 + [...world.runs.values()].filter((run) => run.ticket.id === ticket.id && run.phase === phase).length;
  const id = aRunId(world.runs.size + 1);
  const { run, lease, effects } = admit({ id, ticket, project, phase, attempt, tryNumber }, world.now);
  const held = world.leases.get(leaseKey(run));
  if (held !== undefined && held.until > world.now)
    throw new Error(`${leaseKey(run)} is held by ${held.runId}.`);
  world.runs.set(id, run);
  world.leases.set(leaseKey(run), lease);
  record(world, effects);
};

const remember = (world: World, histories: ReadonlyMap<TicketId, TicketHistory>): void => {
  for (const [ticketId, look] of world.looks)
    world.looks.set(ticketId, { ...look, sight: "unmarked", strayingSince: null, decision: null });
  for (const decision of world.decisions) {
    const { id, stage } = decision.ticket;
    const reason = decision.kind === "dispatch" ? "dispatch" : decision.reason.kind;
    const strayingSince = histories.get(id)?.strayingSince ?? null;
    world.looks.set(id, { sight: stage, strayingSince, decision: { reason } });
  }
};

export const reconcileRuns = (world: World, blind = false): void => {
  for (const run of liveRuns(world)) {
    const observed: Observation = blind ? { kind: "unknown", error: "503" } : observe(world, run);
    const event = reconcileRun(run, observed, world.now, defaultReconcilePolicy);
    if (event !== null) apply(world, run.id, event);
  }
};

const observe = ({ machines }: World, { id }: Run): Observation => {
  const machine = machines.get(id);
  if (machine === undefined) return { kind: "absent" };
  if (machine.exited === null) return { kind: "running" };
  return {
    kind: "exited",
    report: machine.exited === "nothing" ? null : machine.exited,
    detail: "It exited.",
  };
};

const reconcileTickets = (world: World): void => {
  for (const run of liveRuns(world)) {
    const cause = cancelCause(world.tracker.get(run.ticket.id) ?? null);
    if (cause !== null) apply(world, run.id, { kind: "cancelled", cause });
  }
};

const reconcilePullRequests = (world: World): void => {
  for (const [ticketId, known] of world.pullRequests) {
    const found = world.forge.get(ticketId);
    const ticket = world.tracker.get(ticketId)?.ticket;
    if (known.state !== "open" || found === undefined || found.state === "open" || ticket === undefined)
      continue;
    world.pullRequests.set(ticketId, found);
    const pullRequest = { number: found.number, url: `https://forge/${found.number}` };
    record(
      world,
      found.state === "merged"
        ? mergedPullRequest(ticket, pullRequest)
        : closedPullRequest(ticket, pullRequest),
    );
  }
};
