import type { Ticket } from "@ai-implement/orchestrator/core/ticket.ts";
import type { Executor } from "@ai-implement/orchestrator/ports/executor.ts";
import type { Tracker } from "@ai-implement/orchestrator/ports/tracker.ts";

/** A tracker and an executor in memory: every request takes as long as it is told to, and is counted. */
export interface Receivers {
  readonly tracker: Tracker;
  readonly executor: Executor;
  requests(): number;
}

export const createReceivers = (tickets: readonly Ticket[], latencyMs: number): Receivers => {
  let requests = 0;
  const request = async (): Promise<void> => {
    requests += 1;
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  };
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  return {
    requests: () => requests,
    tracker: {
      kind: "linear",
      async listMarked() {
        await request();
        return { tickets, problems: [] };
      },
      async lookUp(ids) {
        await request();
        return new Map(
          ids.map((id) => {
            const ticket = byId.get(id);
            return [id, ticket === undefined ? null : { marked: true, ticket }];
          }),
        );
      },
      apply: request,
      async check() {
        await request();
        return [];
      },
    },
    executor: {
      kind: "process",
      async dispatch() {
        await request();
        return null;
      },
      async observe() {
        await request();
        return { kind: "running" };
      },
      destroy: request,
    },
  };
};
