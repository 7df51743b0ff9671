import type { Plan } from "@ai-implement/contracts";
import type { PreviousLook } from "../dispatch/assess.ts";
import type { Decision } from "../dispatch/decision.ts";
import type { PullRequestRecord } from "../dispatch/snapshot.ts";
import type { Project } from "../project.ts";
import { isTerminal, type Run, type RunId } from "../run.ts";
import type { Lease } from "../runs/admit.ts";
import { type EffectIntent, receiverOf } from "../runs/effects.ts";
import type { RunEvent } from "../runs/events.ts";
import { isTransient } from "../runs/failure.ts";
import { transition } from "../runs/transition.ts";
import type { Ticket, TicketId } from "../ticket.ts";
import type { Instant } from "../time.ts";
import { aPolicy, aTime } from "./builders.ts";

/** A recorded effect and what became of it. */
export interface WorldEffect {
  readonly intent: EffectIntent;
  attempts: number;
  done: boolean;
}

/** What an executor holds for an attempt. */
export interface Machine {
  exited: Extract<RunEvent, { kind: "reported" }>["report"] | "nothing" | null;
}

/**
 * A small world around the core: what the trackers show, what the forge and the executors hold, and our own
 * record, in memory. The model for the property tests of the life cycle; it keeps the store's promises (§16)
 * and throws where the core would break them.
 */
export interface World {
  now: Instant;
  readonly projects: Map<string, Project>;
  readonly tracker: Map<TicketId, { ticket: Ticket; marked: boolean }>;
  readonly forge: Map<TicketId, PullRequestRecord>;
  readonly machines: Map<RunId, Machine>;
  readonly runs: Map<RunId, Run>;
  readonly leases: Map<string, Lease>;
  readonly plans: Map<TicketId, { plan: Plan; completedAt: Instant; approvedAt?: Instant }>;
  readonly pullRequests: Map<TicketId, PullRequestRecord>;
  readonly resets: Map<TicketId, Instant>;
  readonly looks: Map<TicketId, PreviousLook>;
  readonly costs: { readonly projectKey: string; readonly at: Instant; readonly usd: number }[];
  readonly effects: WorldEffect[];
  /** Keys that a receiver has acted on: the same key again changes nothing (§9). */
  readonly applied: Set<string>;
  decisions: readonly Decision[];
}

export const aWorld = (projects: readonly Project[], tickets: readonly Ticket[]): World => ({
  now: aTime,
  projects: new Map(projects.map((project) => [project.key, project])),
  tracker: new Map(tickets.map((ticket) => [ticket.id, { ticket, marked: true }])),
  forge: new Map(),
  machines: new Map(),
  runs: new Map(),
  leases: new Map(),
  plans: new Map(),
  pullRequests: new Map(),
  resets: new Map(),
  looks: new Map(),
  costs: [],
  effects: [],
  applied: new Set(),
  decisions: [],
});

/** A key that is there already is left as it is; with other content it would be a lost write. */
export const record = (world: World, intents: readonly EffectIntent[]): void => {
  for (const intent of intents) {
    const known = world.effects.find((effect) => effect.intent.key === intent.key);
    if (known === undefined) world.effects.push({ intent, attempts: 0, done: false });
    else if (JSON.stringify(known.intent) !== JSON.stringify(intent) || intent.runId !== null)
      throw new Error(`The effect ${intent.key} was recorded twice.`);
  }
};

/** The event, and everything that the store writes with it. */
export const apply = (world: World, runId: RunId, event: RunEvent): boolean => {
  const before = world.runs.get(runId);
  if (before === undefined) return false;
  const { run, effects, applied } = transition(before, event, { now: world.now, retry: aPolicy.retry });
  if (!applied) {
    if (run !== before || effects.length > 0)
      throw new Error(`${event.kind} did not apply and changed the run.`);
    return false;
  }
  if (isTerminal(before.state)) throw new Error(`${event.kind} changed a run that had ended.`);
  if (before.claimedBy !== undefined && before.claimedBy !== run.claimedBy)
    throw new Error("A second claim was granted.");
  world.runs.set(runId, Object.freeze(run));
  record(world, effects);
  if (!isTerminal(run.state)) return true;
  const { failure, report, phase, ticket } = run;
  if (failure !== undefined && isTransient(failure)) world.leases.delete(leaseKey(run));
  if (run.state === "succeeded" && report?.outcome === "planned")
    world.plans.set(ticket.id, { plan: report.plan, completedAt: world.now });
  const usd = report?.usage?.costUsd ?? 0;
  if (usd > 0) world.costs.push({ projectKey: run.projectKey, at: world.now, usd });
  if (phase !== "plan" && run.state === "succeeded" && !world.pullRequests.has(ticket.id))
    throw new Error("A run succeeded without its pull request.");
  return true;
};

export const leaseKey = ({ phase, ticket }: Pick<Run, "phase" | "ticket">): string => `${phase} ${ticket.id}`;

/** The first undelivered effect of every ticket and receiver: the only ones that may be delivered now (§9). */
export const lanes = (world: World): readonly WorldEffect[] => {
  const heads = new Map<string, WorldEffect>();
  for (const effect of world.effects) {
    const lane = `${effect.intent.ticketId} ${receiverOf(effect.intent.effect)}`;
    if (!effect.done && !heads.has(lane)) heads.set(lane, effect);
  }
  return [...heads.values()];
};
