import { decide } from "@ai-implement/orchestrator/core/dispatch/decide.ts";
import { aPolicy, aRunId, aTime } from "@ai-implement/orchestrator/core/testing/builders.ts";
import type { Ticket } from "@ai-implement/orchestrator/core/ticket.ts";
import type { KnownTicket } from "@ai-implement/orchestrator/ports/store.ts";
import { decideAndRecord } from "@ai-implement/orchestrator/services/poll/record.ts";
import { gather } from "@ai-implement/orchestrator/services/poll/snapshot.ts";
import { type Bench, rounds, timed } from "./support/figure.ts";
import { manyFacts, manyProjects, manyTickets } from "./support/population.ts";

const ticketCount = 10_000;
const projectCount = 1_000;
const roundCount = 15;

/** What a poll computes between its reads and its commit (§6.2), in the one thread that everything runs in. */
export const decisions: Bench = {
  name: "decisions",
  async measure() {
    const scene = createScene();
    const { change } = scene.record([]);
    const seenBefore = change.knownTickets ?? [];
    const { snapshot } = scene.gather(seenBefore);
    const measured = await rounds(roundCount, async () => ({
      sort: await timed(() => sorted(scene.tickets)),
      decide: await timed(() => decide(snapshot, aTime)),
      quiet: await timed(() => scene.record(seenBefore)),
      first: await timed(() => scene.record([])),
    }));
    const baseline = { name: "only sort the tickets", samples: measured.map(({ sort }) => sort) };
    const unit = "ms";
    return [
      {
        name: "decide on 10,000 tickets of 1,000 projects",
        unit,
        samples: measured.map(({ decide }) => decide),
        baseline,
        aimBelow: 50,
      },
      {
        name: "gather, decide, record: nothing new since the last poll",
        unit,
        samples: measured.map(({ quiet }) => quiet),
        baseline,
      },
      {
        name: "gather, decide, record: every ticket is new",
        unit,
        samples: measured.map(({ first }) => first),
        baseline,
      },
    ];
  },
};

const createScene = () => {
  const projects = manyProjects(projectCount);
  const tickets = manyTickets(ticketCount, projectCount);
  const facts = manyFacts(tickets);
  const observed = { tickets, problems: [], failing: new Map() };
  const gathered = (known: readonly KnownTicket[]) =>
    gather(projects, observed, known, facts, aPolicy, aTime);
  return {
    tickets,
    gather: gathered,
    record(known: readonly KnownTicket[]) {
      let made = 0;
      const newId = () => {
        made += 1;
        return aRunId(ticketCount + made);
      };
      return decideAndRecord(gathered(known), new Map(), known, facts, newId, aTime);
    },
  };
};

/** The least that an order of dispatch costs (§6): priority, then age, then identifier. */
const sorted = (tickets: readonly Ticket[]): readonly Ticket[] =>
  tickets.toSorted(
    (a, b) => a.priority - b.priority || a.createdAt - b.createdAt || (a.identifier < b.identifier ? -1 : 1),
  );
