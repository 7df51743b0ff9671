import type { EffectKey } from "../../core/runs/effects.ts";
import type { Stage, Ticket, TicketId, TrackerKind, WantedStage } from "../../core/ticket.ts";
import { permanent } from "../../ports/delivery-error.ts";
import type { TicketChange, Tracker } from "../../ports/tracker.ts";
import { createFaults, type Faults } from "./faults.ts";

export interface SeenComment {
  readonly ticketId: TicketId;
  readonly key: EffectKey;
  readonly body: string;
}

export interface SeenStage {
  readonly ticketId: TicketId;
  readonly stage: WantedStage;
}

/** A tracker in memory, which keeps its port's promises, and a person's hands on it. */
export interface WorldTracker extends Tracker {
  readonly faults: Faults<"listMarked" | "lookUp" | "apply" | "check">;
  /** As a person reads them, oldest first. */
  readonly comments: readonly SeenComment[];
  /** The stages that were really set, oldest first. */
  readonly stages: readonly SeenStage[];
  /** The key of every write that arrived, repeated ones included. */
  readonly arrivals: readonly EffectKey[];
  /** One key with two contents: a write that would be lost. */
  readonly contradictions: readonly EffectKey[];
  readonly looks: number;
  /** Marked. `blockers` hold it for as long as they are active. */
  add(ticket: Ticket, blockers?: readonly TicketId[]): void;
  edit(id: TicketId, fields: Partial<Ticket>): void;
  mark(id: TicketId, marked: boolean): void;
  remove(id: TicketId): void;
  ticket(id: TicketId): Ticket;
  tickets(): readonly Ticket[];
}

interface Entry {
  ticket: Ticket;
  marked: boolean;
  readonly blockers: readonly TicketId[];
}

export const createWorldTracker = (kind: TrackerKind = "linear"): WorldTracker => {
  const faults: WorldTracker["faults"] = createFaults(`the ${kind} tracker`);
  const entries = new Map<TicketId, Entry>();
  const applied = new Map<EffectKey, string>();
  const comments: SeenComment[] = [];
  const stages: SeenStage[] = [];
  const arrivals: EffectKey[] = [];
  const contradictions: EffectKey[] = [];
  let looks = 0;

  const entryOf = (id: TicketId): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw permanent(`There is no ticket ${id}.`);
    return entry;
  };
  const edit = (id: TicketId, fields: Partial<Ticket>): void => {
    const entry = entryOf(id);
    entry.ticket = { ...entry.ticket, ...fields };
  };
  const asSeen = ({ ticket, blockers }: Entry): Ticket => ({
    ...ticket,
    blockedBy: [
      ...ticket.blockedBy,
      ...blockers
        .map((id) => entryOf(id).ticket)
        .filter(({ lifecycle }) => lifecycle === "active")
        .map(({ identifier, stage }) => ({ identifier, state: stage })),
    ],
  });
  const write = (change: TicketChange, key: EffectKey): void => {
    const { id } = change.ticket;
    entryOf(id);
    arrivals.push(key);
    const content = JSON.stringify(change);
    const before = applied.get(key);
    if (before !== undefined && before !== content) contradictions.push(key);
    if (before !== undefined) return;
    applied.set(key, content);
    if (change.kind === "comment") comments.push({ ticketId: id, key, body: change.body });
    else {
      stages.push({ ticketId: id, stage: change.stage });
      edit(id, shownAs(change.stage));
    }
  };

  return {
    kind,
    faults,
    comments,
    stages,
    arrivals,
    contradictions,
    get looks() {
      return looks;
    },
    listMarked: (projects) => {
      looks += 1;
      return faults.around("listMarked", () => ({
        tickets: [...entries.values()]
          .filter(({ ticket, marked }) => marked && ticket.lifecycle === "active")
          .filter(({ ticket }) => projects.some(({ key }) => key === ticket.scope))
          .map(asSeen),
        problems: [],
      }));
    },
    lookUp: (ids) =>
      faults.around("lookUp", () => {
        const found = ids.map((id) => ({ id, entry: entries.get(id) }));
        return new Map(
          found.map(({ id, entry }) => [
            id,
            entry === undefined ? null : { marked: entry.marked, ticket: asSeen(entry) },
          ]),
        );
      }),
    apply: (change, key) => faults.around("apply", () => write(change, key)),
    check: () => faults.around("check", () => [{ subject: `the ${kind} tracker`, problem: null }]),
    add: (ticket, blockers = []) => void entries.set(ticket.id, { ticket, marked: true, blockers }),
    edit,
    mark: (id, marked) => {
      entryOf(id).marked = marked;
    },
    remove: (id) => void entries.delete(id),
    ticket: (id) => entryOf(id).ticket,
    tickets: () => [...entries.values()].map(({ ticket }) => ticket),
  };
};

/** Like the folder tracker (§7.1): a plan that waits for a person still shows as planning. */
const shownAs = (stage: WantedStage): Partial<Ticket> => {
  if (stage === "merged") return { stage, lifecycle: "completed" };
  const shown: Record<"awaiting-approval" | "cleared", Stage> = {
    "awaiting-approval": "planning",
    cleared: "marked",
  };
  return { stage: stage === "awaiting-approval" || stage === "cleared" ? shown[stage] : stage };
};
