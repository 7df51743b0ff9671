import { join } from "node:path";
import { anAttempt } from "@ai-implement/orchestrator/adapters/executor/testing/attempts.ts";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import { ticketRef } from "@ai-implement/orchestrator/core/runs/effects.ts";
import type { Ticket } from "@ai-implement/orchestrator/core/ticket.ts";
import { openBareCommits } from "./support/bare-commits.ts";
import { createCountdown } from "./support/countdown.ts";
import { manyProjects, readyTickets } from "./support/population.ts";
import { createReceivers } from "./support/receivers.ts";
import { createBenchServices } from "./support/services.ts";

export interface DispatchCycleOptions {
  readonly tickets: number;
  readonly projects: number;
  /** Of every request to the tracker and the executor. */
  readonly latencyMs: number;
  /** An empty one, for the databases. */
  readonly folder: string;
}

export interface DispatchCycle {
  /** From the begin of the poll until the last start of a runner was recorded as delivered. */
  readonly lastDispatchMs: number;
  /** The same requests, each after one bare commit, as many at once. */
  readonly bareMs: number;
  readonly requestsPerDispatch: number;
  readonly bareRequestsPerDispatch: number;
  readonly peakMegabytes: number;
}

/** One first poll of a service that finds every ticket ready. In a process of its own, so that the memory is its own. */
export const dispatchCycle = async (options: DispatchCycleOptions): Promise<DispatchCycle> => {
  const tickets = readyTickets(options.tickets, options.projects);
  const cycle = await throughServices(options, tickets);
  // Before the bare pass: a peak is never taken back.
  const peakMegabytes = process.resourceUsage().maxRSS / 1_024;
  return { ...cycle, peakMegabytes, ...(await bare(options, tickets)) };
};

const throughServices = async (
  { projects, latencyMs, folder }: DispatchCycleOptions,
  tickets: readonly Ticket[],
) => {
  const { store } = await openSqliteStore({ path: join(folder, "service.sqlite") });
  try {
    for (const project of manyProjects(projects, { maxInProgress: tickets.length }))
      await store.createProject(project);
    const receivers = createReceivers(tickets, latencyMs);
    const dispatched = createCountdown(tickets.length);
    const delivered = createCountdown(2 * tickets.length);
    const { poll, effectWorker } = createBenchServices(store, receivers, ({ effect }) => {
      if (effect.kind === "dispatch-attempt") dispatched.tick();
      delivered.tick();
    });
    const running = effectWorker.run();
    const begin = performance.now();
    await poll.cycle();
    const lastDispatchMs = (await dispatched.over) - begin;
    await delivered.over;
    effectWorker.stop();
    await running;
    return { lastDispatchMs, requestsPerDispatch: receivers.requests() / tickets.length };
  } finally {
    await store.close();
  }
};

/** What nobody can spare who must not lose a dispatch: look once; for each remember it, start it, show it. */
const bare = async ({ latencyMs, folder }: DispatchCycleOptions, tickets: readonly Ticket[]) => {
  const { tracker, executor, requests } = createReceivers(tickets, latencyMs);
  const commits = openBareCommits(join(folder, "bare.sqlite"));
  const start = async ({ id }: Ticket): Promise<void> => {
    commits.commit();
    await executor.dispatch(anAttempt({ runId: id }));
  };
  const show = (ticket: Ticket): Promise<void> =>
    tracker.apply({ kind: "stage", ticket: ticketRef(ticket), stage: "planning" }, ticket.id);
  try {
    const begin = performance.now();
    await tracker.listMarked([]);
    await Promise.all([forEach(tickets, start), forEach(tickets, show)]);
    const bareMs = performance.now() - begin;
    return { bareMs, bareRequestsPerDispatch: requests() / tickets.length };
  } finally {
    commits.close();
  }
};

/** As the service has it: deliveries to one receiver that are under way at once. */
const concurrency = 32;

const forEach = async (
  tickets: readonly Ticket[],
  work: (ticket: Ticket) => Promise<void>,
): Promise<void> => {
  const left = tickets.values();
  const takeTurns = async (): Promise<void> => {
    for (const ticket of left) await work(ticket);
  };
  await Promise.all(Array.from({ length: concurrency }, takeTurns));
};
