import pc from "picocolors";
import { decide } from "../core/dispatch/decide.ts";
import type { Decision } from "../core/dispatch/decision.ts";
import type { DispatchPolicy } from "../core/dispatch/snapshot.ts";
import { explain } from "../core/messages/explain.ts";
import { oneLine } from "../core/messages/foreign.ts";
import type { TicketProblem } from "../core/ticket.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { Adapters } from "../services/adapters.ts";
import { createObserver } from "../services/poll/observe.ts";
import { formatInstant } from "../services/poll/record.ts";
import { gather } from "../services/poll/snapshot.ts";

export interface PlanRow {
  readonly ticket: string;
  readonly title: string;
  readonly decision: "dispatch" | "skip";
  readonly reason: string;
  readonly explanation: string;
}

export interface PlanView {
  readonly rows: readonly PlanRow[];
  readonly problems: readonly TicketProblem[];
}

/** What the next poll would decide (§6): reads trackers and store, writes nothing, spends nothing. */
export const planView = async (
  store: Store,
  adapters: Adapters,
  policy: DispatchPolicy,
  clock: Clock,
): Promise<PlanView> => {
  const now = clock.now();
  const projects = (await store.listProjects()).map(({ value }) => value);
  const known = await store.listKnownTickets();
  const observed = await createObserver(adapters.trackers, clock).look(projects, known);
  const facts = await store.dispatchFacts(now);
  const { snapshot } = gather(projects, observed, known, facts, policy, now);
  return { rows: decide(snapshot, now).map(planRow), problems: observed.problems };
};

const planRow = (decision: Decision): PlanRow => ({
  ticket: decision.ticket.identifier,
  title: decision.ticket.title,
  decision: decision.kind,
  reason: decision.kind === "dispatch" ? decision.phase : decision.reason.kind,
  explanation: explain(decision, formatInstant),
});

/** For a terminal; most urgent first, as decided. What others wrote cannot move its cursor. */
export const renderPlan = ({ rows, problems }: PlanView): string => {
  if (rows.length + problems.length === 0)
    return "No marked ticket was found. Mark one (in a folder: `status: Ready`) and make sure that a project is mapped to it.\n";
  const width = Math.max(0, ...rows.map(({ ticket }) => ticket.length));
  const lines = rows.map(
    ({ ticket, decision, explanation, title }) =>
      `${decision === "dispatch" ? pc.green("▶") : pc.yellow("‖")} ${pc.bold(ticket.padEnd(width))}  ${explanation}  ${pc.dim(oneLine(title))}`,
  );
  const broken = problems.map(
    ({ source, problem, fix }) =>
      `${pc.red("✗")} ${pc.bold(oneLine(source))}  ${oneLine(problem)}  ${pc.dim(fix)}`,
  );
  return `${[...lines, ...broken].join("\n")}\n`;
};
