import pc from "picocolors";
import { decide } from "../core/dispatch/decide.ts";
import type { Decision } from "../core/dispatch/decision.ts";
import type { DispatchPolicy } from "../core/dispatch/snapshot.ts";
import { explainHeldUp } from "../core/messages/explain.ts";
import { oneLine } from "../core/messages/foreign.ts";
import type { TicketProblem, TrackerKind } from "../core/ticket.ts";
import type { Clock } from "../ports/clock.ts";
import type { DispatchFacts, Store } from "../ports/store.ts";
import type { Adapters } from "../services/adapters.ts";
import { createObserver } from "../services/poll/observe.ts";
import { formatInstant } from "../services/poll/record.ts";
import { gather } from "../services/poll/snapshot.ts";
import { wrap } from "./wrap.ts";

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
  /** Trackers that could not be read: what is shown of theirs is what was known before. */
  readonly failing: readonly { readonly tracker: TrackerKind; readonly error: string }[];
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
  const failing = [...observed.failing].map(([tracker, { error }]) => ({ tracker, error }));
  return {
    rows: decide(snapshot, now).map((decision) => planRow(decision, facts)),
    problems: observed.problems,
    failing,
  };
};

const planRow = (decision: Decision, { obstacles }: DispatchFacts): PlanRow => ({
  ticket: decision.ticket.identifier,
  title: decision.ticket.title,
  decision: decision.kind,
  reason: decision.kind === "dispatch" ? decision.phase : decision.reason.kind,
  explanation: explainHeldUp(decision, obstacles.get(decision.ticket.id), formatInstant),
});

/**
 * Most urgent first, as decided. What others wrote cannot move the cursor.
 * @param columns of the terminal; null: one line for each ticket, for `grep` and logs
 */
export const renderPlan = ({ rows, problems, failing }: PlanView, columns: number | null = null): string => {
  if (rows.length + problems.length + failing.length === 0) return nothingMarked;
  const width = Math.max(0, ...rows.map(({ ticket }) => ticket.length));
  const lines = [
    ...rows.flatMap((row) => renderRow(row, width, columns)),
    ...problems.flatMap((problem) => renderProblem(problem, columns)),
    ...failing.flatMap(({ tracker, error }) =>
      renderProblem(
        { source: `The ${tracker} tracker`, problem: oneLine(error), fix: afterFailure },
        columns,
      ),
    ),
  ];
  return `${lines.join("\n")}\n`;
};

const afterFailure =
  "Run `ai-implement doctor`. Until it can be read, its tickets are those that were known before.";

const nothingMarked =
  "No marked ticket was found. Mark one (docs/trackers.md says how in each tracker; in a folder: `status: Ready`) and make sure that a project is mapped to it.\n";

/** The title is the first to go: the ticket is named already, and why it waits is what was asked. */
const renderRow = (row: PlanRow, width: number, columns: number | null): readonly string[] => {
  const indent = width + 4;
  const [first = "", ...rest] = wrap(row.explanation, indent, columns);
  const title = oneLine(row.title);
  const room = columns === null ? title.length : columns - indent - first.length - 2;
  const shown = title.length <= room ? title : `${title.slice(0, Math.max(0, room - 1)).toWellFormed()}…`;
  const aside = rest.length > 0 || room < Math.min(10, title.length) ? "" : `  ${pc.dim(shown)}`;
  return [
    `${row.decision === "dispatch" ? pc.green("▶") : pc.yellow("‖")} ${pc.bold(row.ticket.padEnd(width))}  ${first}${aside}`,
    ...rest.map((line) => `${" ".repeat(indent)}${line}`),
  ];
};

const renderProblem = (
  { source, problem, fix }: TicketProblem,
  columns: number | null,
): readonly string[] => {
  const name = oneLine(source);
  const [first = "", ...rest] = wrap(`${name}  ${oneLine(problem)}`, 2, columns);
  return [
    `${pc.red("✗")} ${first.startsWith(name) ? `${pc.bold(name)}${first.slice(name.length)}` : first}`,
    ...rest.map((line) => `  ${line}`),
    ...wrap(oneLine(fix), 4, columns).map((line, index) => `  ${index === 0 ? pc.cyan("→") : " "} ${line}`),
  ];
};
