import type { TicketHistory } from "@ai-implement/orchestrator/core/dispatch/snapshot.ts";
import type { Project } from "@ai-implement/orchestrator/core/project.ts";
import type { Run } from "@ai-implement/orchestrator/core/run.ts";
import {
  aClaimedRun,
  aProject,
  aRun,
  aRunId,
  aTicket,
  aTime,
  liveRunOf,
} from "@ai-implement/orchestrator/core/testing/builders.ts";
import type { Ticket } from "@ai-implement/orchestrator/core/ticket.ts";
import { hours, minutes, seconds } from "@ai-implement/orchestrator/core/time.ts";
import type { DispatchFacts } from "@ai-implement/orchestrator/ports/store.ts";

const projectKey = (index: number): string => `TEAM${index}`;

export const manyProjects = (count: number, overrides: Partial<Project> = {}): readonly Project[] =>
  Array.from({ length: count }, (_, index) => aProject({ key: projectKey(index), ...overrides }));

/** Spread evenly over the projects, in no order that a decision would ask for: a prime shuffles them. */
export const manyTickets = (count: number, projects: number): readonly Ticket[] =>
  Array.from({ length: count }, (_, index) => {
    const scope = projectKey(index % projects);
    const shuffled = (index * 7_919) % count;
    return aTicket({
      identifier: `${scope}-${shuffled}`,
      scope,
      priority: priorities[shuffled % priorities.length] ?? 0,
      createdAt: aTime - seconds(shuffled),
      blockedBy: index % 9 === 0 ? [{ identifier: `${scope}-1`, state: "In Progress" }] : [],
    });
  });

const priorities = [0, 1, 2, 3, 4] as const;

/** Tickets that nothing holds back. */
export const readyTickets = (count: number, projects: number): readonly Ticket[] =>
  manyTickets(count, projects).map((ticket) => ({ ...ticket, blockedBy: [] }));

/** A service in the middle of its life: half of its tickets it has never touched, the others are anywhere. */
export const manyFacts = (tickets: readonly Ticket[]): DispatchFacts => {
  const histories = new Map<string, TicketHistory>();
  const live: Run[] = [];
  for (const [index, ticket] of tickets.entries()) {
    const run = { id: aRunId(index), ticket, projectKey: ticket.scope };
    if (index % 10 === 0) live.push(aClaimedRun(run));
    const history = historyOf(index % 10, run);
    if (history !== null) histories.set(ticket.id, history);
  }
  const perProject = <Value>(value: Value) => new Map(tickets.map(({ scope }) => [scope, value]));
  return {
    histories,
    liveRuns: live.map(liveRunOf),
    openPullRequests: perProject(1),
    spend: perProject({ todayUsd: 3, thisMonthUsd: 40 }),
    lastAttempts: new Map(),
    obstacles: new Map(),
  };
};

const historyOf = (kind: number, run: Pick<Run, "id" | "ticket" | "projectKey">): TicketHistory | null => {
  const { id, ticket } = run;
  const endedAt = aTime - minutes(5);
  switch (kind) {
    case 0:
      return { lastRun: aClaimedRun(run), leases: [] };
    case 1:
      return {
        lastRun: aRun({ ...run, state: "succeeded", endedAt }),
        leases: [],
        pullRequest: { number: 1, state: "open", head: `ai-implement/${ticket.identifier}` },
      };
    case 2: {
      const failure = { reason: "provider-overloaded", message: "The provider is overloaded." } as const;
      return { lastRun: aRun({ ...run, state: "failed", endedAt: aTime, failure }), leases: [] };
    }
    case 3:
      return { leases: [], plan: { completedAt: endedAt } };
    case 4:
      return { leases: [{ ticketId: ticket.id, phase: "plan", runId: id, until: aTime + hours(3) }] };
    default:
      return null;
  }
};
