import type { RunReport } from "@ai-implement/contracts";
import { showsWork } from "../dispatch/snapshot.ts";
import { isTerminal, type RunId } from "../run.ts";
import type { Effect } from "../runs/effects.ts";
import type { Ticket, TicketId, WantedStage } from "../ticket.ts";
import { aHistory } from "./builders.ts";
import { aFailedReport, anImplementedReport, aPlannedReport, aUsage } from "./reports.ts";
import { apply, type World, type WorldEffect } from "./world.ts";
import { reset } from "./world-poll.ts";

/**
 * `lost`: it was done, and the answer never came. `refused`: the receiver will never do it. `repeated`: it is
 * delivered twice.
 */
export type Delivery = "delivered" | "lost" | "refused" | "repeated";

/** The effect worker's part (§9): it looks at the run before it acts, and at the world before it repeats. */
export const deliver = (world: World, effect: WorldEffect, how: Delivery): void => {
  effect.attempts += 1;
  const wanted = effect.intent.effect;
  if (how === "refused") {
    effect.done = true;
    const message = "The receiver refused.";
    if (wanted.kind === "dispatch-attempt") apply(world, wanted.runId, { kind: "dispatch-refused", message });
    if (wanted.kind === "publish-pull-request")
      apply(world, wanted.runId, { kind: "publish-refused", message });
    return;
  }
  const answer = perform(world, effect.intent.key, effect.intent.ticketId, wanted);
  if (how === "repeated") perform(world, effect.intent.key, effect.intent.ticketId, wanted);
  if (how === "lost") return;
  answer();
  if (how === "repeated") answer();
  effect.done = true;
};

/** Changes the outside world; what is returned is the answer, to be recorded if it arrives. */
const perform = (world: World, key: string, ticketId: TicketId, effect: Effect): (() => void) => {
  const again = world.applied.has(key);
  world.applied.add(key);
  switch (effect.kind) {
    case "dispatch-attempt":
      return dispatch(world, effect.runId);
    case "destroy-attempt":
      world.machines.delete(effect.runId);
      return () => undefined;
    case "set-stage":
      if (!again) show(world, ticketId, effect.stage);
      return () => undefined;
    case "publish-pull-request":
      return publish(world, ticketId, effect.runId);
    case "post-comment":
    case "comment-pull-request":
    case "react":
    case "sync-templates":
      return () => undefined;
  }
};

const dispatch = (world: World, runId: RunId): (() => void) => {
  const run = world.runs.get(runId);
  if (run === undefined || isTerminal(run.state) || run.claimedBy !== undefined) return () => undefined;
  apply(world, runId, { kind: "dispatch-started" });
  if (!world.machines.has(runId)) world.machines.set(runId, { exited: null });
  return () => apply(world, runId, { kind: "dispatched" });
};

const publish = (world: World, ticketId: TicketId, runId: RunId): (() => void) => {
  const run = world.runs.get(runId);
  if (run === undefined || isTerminal(run.state)) return () => undefined;
  const known = world.forge.get(ticketId);
  const found =
    known?.state === "open"
      ? known
      : {
          number: world.forge.size + 100 + world.runs.size,
          state: "open" as const,
          head: run.branch,
        };
  world.forge.set(ticketId, found);
  return () => {
    world.pullRequests.set(ticketId, found);
    apply(world, runId, {
      kind: "published",
      pullRequest: { number: found.number, url: `https://forge/${found.number}` },
    });
  };
};

const show = (world: World, ticketId: TicketId, stage: WantedStage): void => {
  const shown = stage === "awaiting-approval" ? "planning" : stage === "cleared" ? "marked" : stage;
  change(world, ticketId, {
    stage: shown,
    ...(stage === "merged" ? { lifecycle: "completed" as const } : {}),
  });
};

export const change = (world: World, ticketId: TicketId, fields: Partial<Ticket>): void => {
  const found = world.tracker.get(ticketId);
  if (found !== undefined) found.ticket = { ...found.ticket, ...fields };
};

export const outcomes = ["good", "draft", "transient", "lasting", "wrong-phase", "wrong-branch"] as const;
export type Outcome = (typeof outcomes)[number];

/** What a runner would say at the end of this run. It costs a dollar. */
export const reportFor = ({ runs }: World, runId: RunId, outcome: Outcome): RunReport => {
  const run = runs.get(runId);
  const usage = aUsage(1);
  const branch = outcome === "wrong-branch" ? "main" : (run?.branch ?? "");
  if (outcome === "transient") return { ...aFailedReport("provider-overloaded"), usage };
  if (outcome === "lasting") return { ...aFailedReport("agent-refused"), usage };
  const plans = (run?.phase === "plan") !== (outcome === "wrong-phase");
  if (plans) return { ...aPlannedReport(), usage };
  const review = { approved: outcome !== "draft", iterations: 1, findings: [] };
  return anImplementedReport({ branch, review, usage });
};

export const personActions = [
  "mark",
  "unmark",
  "close",
  "reopen",
  "unpark",
  "approve",
  "set-ready",
  "set-working",
  "clear-stray",
  "block",
  "unblock",
  "merge",
  "close-pull-request",
  "edit-title",
] as const;
export type PersonAction = (typeof personActions)[number];

/** What people do in the tracker, the forge and the admin UI, whenever they like. */
export const person = (world: World, ticketId: TicketId, action: PersonAction): void => {
  const found = world.tracker.get(ticketId);
  const plan = world.plans.get(ticketId);
  const pullRequest = world.forge.get(ticketId);
  if (found === undefined) return;
  switch (action) {
    case "mark":
    case "unmark":
      found.marked = action === "mark";
      return;
    case "close":
      change(world, ticketId, { lifecycle: "cancelled" });
      return;
    case "reopen":
      change(world, ticketId, { lifecycle: "active" });
      return;
    case "unpark":
      reset(world, ticketId);
      return;
    case "approve":
      if (plan !== undefined) world.plans.set(ticketId, { ...plan, approvedAt: world.now });
      return;
    case "set-ready":
      change(world, ticketId, { stage: "marked" });
      return;
    case "set-working":
      change(world, ticketId, { stage: "implementing" });
      return;
    case "clear-stray":
      if (showsWork(found.ticket, aHistory())) change(world, ticketId, { stage: "marked" });
      return;
    case "block":
      change(world, ticketId, { blockedBy: [{ identifier: "ACME-99", state: "Todo" }] });
      return;
    case "unblock":
      change(world, ticketId, { blockedBy: [] });
      return;
    case "merge":
    case "close-pull-request":
      if (pullRequest?.state === "open")
        world.forge.set(ticketId, { ...pullRequest, state: action === "merge" ? "merged" : "closed" });
      return;
    case "edit-title":
      change(world, ticketId, { title: `${found.ticket.title} again` });
      return;
  }
};
