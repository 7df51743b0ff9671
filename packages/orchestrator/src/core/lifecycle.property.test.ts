import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clearingAction } from "./messages/explain.ts";
import { defaultReconcilePolicy, reconcileRun } from "./reconcile/reconcile-run.ts";
import { isTerminal, type Run } from "./run.ts";
import { aProject, aTicket } from "./testing/builders.ts";
import { apply, aWorld, lanes, type World } from "./testing/world.ts";
import { change, deliver, outcomes, person, personActions, reportFor } from "./testing/world-actors.ts";
import { type Command, perform } from "./testing/world-commands.ts";
import { liveRuns, openPullRequests, poll, spendOf } from "./testing/world-poll.ts";
import { hours, type Instant } from "./time.ts";

const index = fc.nat({ max: 11 });
const instance = fc.constantFrom("runner-1", "runner-2", "runner-3");
const outcome = fc.constantFrom(...outcomes);
const is = <Kind extends Command["kind"]>(...kinds: Kind[]) => fc.constantFrom(...kinds);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: is("poll") }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: is("deliver"),
      lane: index,
      how: fc.constantFrom("delivered", "delivered", "delivered", "lost", "repeated", "refused"),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: is("claim", "progress"), run: index, instance }) },
  { weight: 5, arbitrary: fc.record({ kind: is("report"), run: index, instance, outcome }) },
  fc.record({
    kind: is("exit"),
    run: index,
    outcome: fc.oneof(outcome, fc.constantFrom("nothing", "vanished")),
  }),
  fc.record({
    kind: is("stray-event"),
    run: index,
    event: fc.constantFrom("published", "dispatched", "lost", "refused"),
  }),
  fc.record({ kind: is("reconcile"), blind: fc.boolean() }),
  fc.record({ kind: is("cancel"), run: index }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: is("person"), ticket: index, action: fc.constantFrom(...personActions) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: is("pass"), minutes: fc.integer({ min: 1, max: 200 }) }) },
  fc.record({ kind: is("pause", "resume", "ask-approval", "approve-all", "plan-not"), project: index }),
);

const projects = [
  aProject({ maxInProgress: 2, budget: { perRunUsd: 1, perDayUsd: 4 } }),
  aProject({ key: "BETA", maxInProgress: 1, maxOpenPullRequests: 1, autoApprovePlans: false }),
];
const tickets = [1, 2, 3, 4].map((n) =>
  aTicket({ identifier: n < 4 ? `ACME-${n}` : "BETA-4", scope: n < 4 ? "ACME" : "BETA" }),
);
tickets.push(aTicket({ identifier: "BETA-5", scope: "BETA" }));

const newWorld = () => aWorld(projects, tickets);
/** `expect` is too slow for some millions of checks. */
const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`Broken: ${what}.`);
};

const isUnique = (names: readonly unknown[]): boolean => new Set(names).size === names.length;

/** Holds after every command. `ended` remembers how each run was when it ended. */
const check = (world: World, ended: Map<string, Run>): void => {
  const runs = [...world.runs.values()];
  const live = liveRuns(world);
  must(isUnique(live.map(({ ticket }) => ticket.id)), "one live run per ticket");
  const names = runs.map(({ ticket, phase, attempt }) => `${ticket.id} ${phase} ${attempt}`);
  must(isUnique(names), "ticket, phase and attempt name one run");
  for (const run of runs.filter(({ state }) => isTerminal(state))) {
    must((ended.get(run.id) ?? run) === run, `the ended run ${run.id} never changes`);
    ended.set(run.id, run);
  }
  for (const run of live) must(hasNextStep(world, run), `${run.id} (${run.state}) has a next step`);
  checkCaps(world, live);
  const failures = world.effects.filter(({ intent }) => intent.key.endsWith(":failed"));
  must(isUnique(failures.map(({ intent }) => intent.runId)), "one 'failed' comment per run");
};

/** An effect of its own that is still to be delivered, or a clock that ends it. */
const hasNextStep = (world: World, run: Run): boolean =>
  world.effects.some(
    ({ done, intent: { runId, effect } }) =>
      !done && runId === run.id && ["dispatch-attempt", "publish-pull-request"].includes(effect.kind),
  ) ||
  reconcileRun(run, { kind: "unknown", error: "" }, world.now + hours(24), defaultReconcilePolicy) !== null;

const checkCaps = (world: World, live: readonly Run[]): void => {
  const spend = spendOf(world);
  for (const { key, maxInProgress, maxOpenPullRequests = Infinity, budget } of world.projects.values()) {
    const mine = live.filter(({ projectKey }) => projectKey === key);
    expect(mine.length, "working tickets").toBeLessThanOrEqual(maxInProgress);
    expect(openPullRequests(world).get(key) ?? 0, "open pull requests").toBeLessThanOrEqual(
      maxOpenPullRequests,
    );
    const reserved = mine.reduce((sum, { settings }) => sum + (settings.perRunUsd ?? 0), 0);
    const committed = (spend.get(key)?.todayUsd ?? 0) + reserved;
    must(committed <= (budget.perDayUsd ?? Infinity), `${key}: spent and reserved within the limit`);
  }
};

const waiting = (world: World): readonly string[] =>
  [...world.tracker.values()]
    .filter(({ ticket, marked }) => marked && ticket.lifecycle === "active")
    .map(({ ticket }) => ticket.id);

/** After a poll: one decision per marked ticket, and each says what happens or what clears it (§6). */
const checkDecisions = (world: World): void => {
  const decided = world.decisions.map(({ ticket }) => ticket.id);
  must([...decided].sort().join() === [...waiting(world)].sort().join(), "one decision per marked ticket");
  const live = new Set(liveRuns(world).map(({ ticket }) => ticket.id));
  for (const decision of world.decisions) {
    const { id } = decision.ticket;
    if (decision.kind === "dispatch") must(live.has(id), `${id} is dispatched, so it has a run`);
    else {
      const { reason } = decision;
      const cleared = clearingAction(reason) !== null || clearsByItself(reason, world.now);
      must(live.has(id) || cleared, `${id} (${reason.kind}) waits for something that comes`);
    }
  }
};

const clearsByItself = (
  reason: Extract<World["decisions"][number], { kind: "skip" }>["reason"],
  now: Instant,
): boolean => {
  if (reason.kind === "backing-off") return reason.until > now;
  if (reason.kind === "in-flight") return reason.runId === null;
  return reason.kind === "ready-for-review" || reason.kind === "blocked";
};

/** Everybody does their part: effects arrive, runners succeed, people unblock, approve, un-park and review. */
const driveFairly = (world: World, ended: Map<string, Run>): void => {
  for (const [key, project] of world.projects) world.projects.set(key, { ...project, paused: false });
  for (const ticketId of world.tracker.keys()) change(world, ticketId, { blockedBy: [] });
  for (let round = 0; round < 80 && waiting(world).length > 0; round += 1) {
    world.now += hours(5);
    deliverAll(world);
    poll(world);
    checkDecisions(world);
    deliverAll(world);
    for (const run of liveRuns(world)) finish(world, run);
    deliverAll(world);
    for (const decision of world.decisions)
      if (decision.kind === "skip") attend(world, decision.ticket.id, decision.reason.kind);
    check(world, ended);
  }
};

const finish = (world: World, { id, claimedBy: instance = "runner-1" }: Run): void => {
  apply(world, id, { kind: "claimed", instance });
  apply(world, id, { kind: "reported", instance, report: reportFor(world, id, "good") });
};

const deliverAll = (world: World): void => {
  for (let heads = lanes(world); heads.length > 0; heads = lanes(world))
    for (const effect of heads) deliver(world, effect, "delivered");
};

const attend = (world: World, ticketId: string, reason: string): void => {
  if (reason === "parked") person(world, ticketId, "unpark");
  if (reason === "awaiting-approval") person(world, ticketId, "approve");
  if (reason === "ready-for-review") person(world, ticketId, "merge");
  // The one that stands in the way may be of a ticket that nobody marks any more.
  if (reason === "review-backlog") for (const opened of world.forge.keys()) person(world, opened, "merge");
  // Our own resetting of a stray marker may have been refused for good: then only a person can.
  if (reason === "in-flight") person(world, ticketId, "clear-stray");
};

describe("the life of tickets and runs (§1, §5.3, §6, §15)", () => {
  it("stays whole under any sequence of events, and every marked ticket still reaches a pull request", () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 120, size: "max" }), (commands) => {
        const world = newWorld();
        const ended = new Map<string, Run>();
        for (const each of commands) {
          perform(world, each);
          check(world, ended);
          if (each.kind === "poll") checkDecisions(world);
        }
        driveFairly(world, ended);
        // Merged by their reviewers, so nobody waits any more; what ended otherwise was ended by a person.
        expect(waiting(world)).toEqual([]);
        for (const { ticket } of world.tracker.values())
          if (ticket.lifecycle === "completed")
            expect(world.pullRequests.get(ticket.id)?.state).toBe("merged");
      }),
      { numRuns: 400 },
    );
  });

  it("goes from a mark to a merge in one run per phase when nothing goes wrong", () => {
    const world = newWorld();
    driveFairly(world, new Map());
    expect([...world.tracker.values()].map(({ ticket }) => ticket.stage)).toEqual(
      tickets.map(() => "merged"),
    );
    expect(
      [...world.runs.values()].every(({ attempt, state }) => attempt === 1 && state === "succeeded"),
    ).toBe(true);
    expect(world.runs.size).toBe(2 * tickets.length);
  });
});
