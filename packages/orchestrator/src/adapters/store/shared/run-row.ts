import type { Insertable, Selectable } from "kysely";
import { scopeKey } from "../../../core/project.ts";
import { isTerminal, type Run } from "../../../core/run.ts";
import type { Ticket } from "../../../core/ticket.ts";
import type { RunContentsTable, RunsTable } from "./schema.ts";
import { parseJson, toNumber } from "./values.ts";

type TicketContent = Pick<Ticket, "description" | "relatives">;
type Details = Omit<
  Run,
  | "id"
  | "ticket"
  | "projectKey"
  | "phase"
  | "attempt"
  | "tryNumber"
  | "state"
  | "admittedAt"
  | "endedAt"
  | "failure"
>;

type Row = Selectable<RunsTable> & Omit<Selectable<RunContentsTable>, "run_id">;

/** What a list reads: all but the ticket's content. */
export const runLineColumns = [
  "id",
  "project_key",
  "phase",
  "attempt",
  "try_number",
  "state",
  "admitted_at",
  "ended_at",
  "version",
  "failure",
  "ticket",
  "details",
] as const;
export const runColumns = [...runLineColumns, "ticket_content"] as const;

export type RunLineRow = Pick<Row, (typeof runLineColumns)[number]>;
export type RunRow = Pick<Row, (typeof runColumns)[number]>;

export const toNewRunRow = (run: Run): Insertable<RunsTable> => ({
  id: run.id,
  ticket_id: run.ticket.id,
  project_key: run.projectKey,
  phase: run.phase,
  attempt: run.attempt,
  try_number: run.tryNumber,
  admitted_at: run.admittedAt,
  reserved_usd: run.settings.perRunUsd ?? 0,
  scope_key: scopeKey(run.ticket),
  version: 1,
  activity: null,
  ...toProgressColumns(run),
});

/** The ticket is written here and never again: a run keeps it as it stood at admission. */
export const toNewContentsRow = (run: Run): Insertable<RunContentsTable> => {
  const { description, relatives } = run.ticket;
  const content: TicketContent = { description, relatives };
  const line: Ticket = { ...run.ticket, description: "", relatives: [] };
  return {
    run_id: run.id,
    ticket: JSON.stringify(line),
    details: toDetailsColumn(run),
    ticket_content: JSON.stringify(content),
  };
};

/** The columns of `runs` that a transition changes. */
export const toProgressColumns = (run: Run): ProgressColumns => ({
  state: run.state,
  ended_at: run.endedAt ?? null,
  cost_usd: isTerminal(run.state) ? chargedUsd(run) : null,
  failure: run.failure === undefined ? null : JSON.stringify(run.failure),
});

interface ProgressColumns extends Pick<Selectable<RunsTable>, "state" | "cost_usd" | "failure"> {
  readonly ended_at: number | null;
}

export const toDetailsColumn = (run: Run): string => {
  const { repository, executor, settings, branch } = run;
  const details: Details = {
    repository,
    executor,
    settings,
    branch,
    ...(run.dispatchStartedAt === undefined ? {} : { dispatchStartedAt: run.dispatchStartedAt }),
    ...(run.dispatchedAt === undefined ? {} : { dispatchedAt: run.dispatchedAt }),
    ...(run.resource === undefined ? {} : { resource: run.resource }),
    ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt }),
    ...(run.claimedBy === undefined ? {} : { claimedBy: run.claimedBy }),
    ...(run.claimedAt === undefined ? {} : { claimedAt: run.claimedAt }),
    ...(run.heartbeatAt === undefined ? {} : { heartbeatAt: run.heartbeatAt }),
    ...(run.report === undefined ? {} : { report: run.report }),
  };
  return JSON.stringify(details);
};

/**
 * What an ended run counts against its project's budget (§5.1): what was measured; unmeasured, all it was allowed to
 * spend, unless the executor refused it, so that it never ran. Without an allowance, unmeasured counts nothing.
 */
const chargedUsd = ({ report, failure, settings }: Run): number =>
  report?.usage?.costUsd ?? (failure?.reason === "dispatch-refused" ? 0 : (settings.perRunUsd ?? 0));

/** Without its ticket's description and relatives. */
export const toRunLine = (row: RunLineRow): Run => ({
  ...parseJson<Details>(row.details),
  id: row.id,
  ticket: parseJson<Ticket>(row.ticket),
  projectKey: row.project_key,
  phase: row.phase,
  attempt: row.attempt,
  tryNumber: row.try_number,
  state: row.state,
  admittedAt: toNumber(row.admitted_at),
  ...(row.ended_at === null ? {} : { endedAt: toNumber(row.ended_at) }),
  ...(row.failure === null ? {} : { failure: parseJson<NonNullable<Run["failure"]>>(row.failure) }),
});

export const toRun = (row: RunRow): Run => {
  const run = toRunLine(row);
  return { ...run, ticket: { ...run.ticket, ...parseJson<TicketContent>(row.ticket_content) } };
};
