import { isTerminal, type Run } from "../run.ts";
import { minutes } from "../time.ts";
import { apply, lanes, type World } from "./world.ts";
import {
  type Delivery,
  deliver,
  type Outcome,
  type PersonAction,
  person,
  reportFor,
} from "./world-actors.ts";
import { poll, reconcileRuns } from "./world-poll.ts";

/** Anything that can happen next; numbers choose among what there is, so every command fits every world. */
export type Command =
  | { readonly kind: "poll" }
  | { readonly kind: "deliver"; readonly lane: number; readonly how: Delivery }
  | { readonly kind: "claim" | "progress"; readonly run: number; readonly instance: string }
  | { readonly kind: "report"; readonly run: number; readonly instance: string; readonly outcome: Outcome }
  | { readonly kind: "exit"; readonly run: number; readonly outcome: Outcome | "nothing" | "vanished" }
  | {
      readonly kind: "stray-event";
      readonly run: number;
      readonly event: "published" | "dispatched" | "lost" | "refused";
    }
  | { readonly kind: "reconcile"; readonly blind: boolean }
  | { readonly kind: "cancel"; readonly run: number }
  | { readonly kind: "person"; readonly ticket: number; readonly action: PersonAction }
  | { readonly kind: "pass"; readonly minutes: number }
  | {
      readonly kind: "pause" | "resume" | "ask-approval" | "approve-all" | "plan-not";
      readonly project: number;
    };

const pick = <Item>(items: Iterable<Item>, at: number): Item | undefined => {
  const all = [...items];
  return all[at % Math.max(all.length, 1)];
};

export const perform = (world: World, command: Command): void => {
  world.now += 1;
  switch (command.kind) {
    case "poll":
      poll(world);
      return;
    case "reconcile":
      reconcileRuns(world, command.blind);
      return;
    case "pass":
      world.now += minutes(command.minutes);
      return;
    case "deliver": {
      const effect = pick(lanes(world), command.lane);
      if (effect !== undefined) deliver(world, effect, command.how);
      return;
    }
    case "person": {
      const ticketId = pick(world.tracker.keys(), command.ticket);
      if (ticketId !== undefined) person(world, ticketId, command.action);
      return;
    }
    case "pause":
    case "resume":
    case "ask-approval":
    case "approve-all":
    case "plan-not":
      configure(world, command.kind, command.project);
      return;
    default:
      befall(world, command);
      return;
  }
};

const configure = (
  world: World,
  kind: "pause" | "resume" | "ask-approval" | "approve-all" | "plan-not",
  at: number,
) => {
  const project = pick(world.projects.values(), at);
  if (project === undefined) return;
  const edit = {
    pause: { paused: true },
    resume: { paused: false },
    "ask-approval": { autoApprovePlans: false, planningEnabled: true },
    "approve-all": { autoApprovePlans: true },
    "plan-not": { planningEnabled: false },
  }[kind];
  world.projects.set(project.key, { ...project, ...edit });
};

/** What happens to any run that ever was, live or not: late, repeated and contradicting messages included. */
const befall = (world: World, command: Extract<Command, { run: number }>): void => {
  const run = pick(world.runs.values(), command.run);
  if (run === undefined) return;
  const reported = (outcome: Outcome) => reportFor(world, run.id, outcome);
  switch (command.kind) {
    case "claim":
      apply(world, run.id, { kind: "claimed", instance: command.instance });
      return;
    case "progress":
      apply(world, run.id, { kind: "progressed", instance: command.instance });
      return;
    case "report":
      apply(world, run.id, {
        kind: "reported",
        instance: command.instance,
        report: reported(command.outcome),
      });
      return;
    case "cancel":
      apply(world, run.id, { kind: "cancelled", cause: "operator" });
      return;
    case "exit": {
      const machine = world.machines.get(run.id);
      if (command.outcome === "vanished") world.machines.delete(run.id);
      else if (machine !== undefined)
        machine.exited = command.outcome === "nothing" ? "nothing" : reported(command.outcome);
      return;
    }
    case "stray-event":
      strayEvent(world, run, command.event);
      return;
  }
};

const strayEvent = (world: World, run: Run, event: "published" | "dispatched" | "lost" | "refused"): void => {
  const message = "A stray answer.";
  if (event === "lost") apply(world, run.id, { kind: "lost", message });
  if (event === "dispatched" && world.machines.has(run.id)) apply(world, run.id, { kind: "dispatched" });
  // A pull request can only be announced for a run whose publication the forge has seen.
  if (event === "refused" && !world.machines.has(run.id))
    apply(world, run.id, { kind: "dispatch-refused", message });
  if (event === "published" && isTerminal(run.state))
    apply(world, run.id, { kind: "published", pullRequest: { number: 1, url: "https://forge/1" } });
};
