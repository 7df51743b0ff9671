import type { ColumnType, Kysely } from "kysely";
import type { Phase, RunState } from "../../../core/run.ts";
import type { EffectKind, Receiver } from "../../../core/runs/effects.ts";
import type { PullRequest } from "../../../ports/forge.ts";
import type { KnownTicket } from "../../../ports/store.ts";

/** 64 bits: instants in ms and ids. PostgreSQL's driver hands them over as strings, so read them with `toNumber`. */
export type BigInteger = ColumnType<number | string, number, number>;
export type NullableBigInteger = ColumnType<number | string | null, number | null, number | null>;
/** Counted up by the engine. */
export type GeneratedId = ColumnType<number | string, never, never>;
/** 0 or 1: the one truth value that both engines can bind. */
export type Flag = 0 | 1;

/** What is queried of a run: short rows, because every decision reads thousands of them. */
export interface RunsTable {
  readonly id: string;
  ticket_id: string;
  project_key: string;
  phase: Phase;
  attempt: number;
  try_number: number;
  state: RunState;
  admitted_at: BigInteger;
  ended_at: NullableBigInteger;
  /** What the run counts against its project's budget once it has ended; null until then. */
  cost_usd: number | null;
  /** What it counts while it lives. */
  reserved_usd: number;
  scope_key: string;
  version: number;
  /** What the agent did last, one line. */
  activity: string | null;
  failure: string | null;
}

/** The rest of a run, as JSON. SQLite reads a row from its start, so what lists leave out comes last. */
export interface RunContentsTable {
  readonly run_id: string;
  /** The ticket without what strangers may write at length. */
  ticket: string;
  details: string;
  /** Description and relatives of the ticket. */
  ticket_content: string;
}

export interface RunStepsTable {
  run_id: string;
  step_index: number;
  step: string;
}

export interface RunHistoryTable {
  id: GeneratedId;
  run_id: string;
  at: BigInteger;
  event: string;
  cause: string;
  applied: Flag;
}

export interface LeasesTable {
  ticket_id: string;
  phase: Phase;
  run_id: string;
  until: BigInteger;
}

export interface EffectsTable {
  id: GeneratedId;
  key: string;
  ticket_id: string;
  run_id: string | null;
  receiver: Receiver;
  kind: EffectKind;
  attempts: number;
  next_at: BigInteger;
  held_until: NullableBigInteger;
  created_at: BigInteger;
  delivered_at: NullableBigInteger;
  abandoned_at: NullableBigInteger;
  last_error: string | null;
  payload: string;
}

export interface TicketsTable {
  id: string;
  straying_since: NullableBigInteger;
  sight: KnownTicket["sight"];
  decision: string | null;
  ticket: string;
}

/** Apart from `tickets`: a person can reset a ticket that no poll has stored yet. */
export interface TicketResetsTable {
  ticket_id: string;
  reset_at: BigInteger;
}

export interface PlansTable {
  run_id: string;
  ticket_id: string;
  completed_at: BigInteger;
  approved_at: NullableBigInteger;
  plan: string;
}

export interface PullRequestsTable {
  id: GeneratedId;
  ticket_id: string;
  project_key: string;
  /** `<forge>:<owner>/<name>`; with the number it names the pull request. */
  repository_key: string;
  number: number;
  head: string;
  state: PullRequest["state"];
  updated_at: BigInteger;
  repository: string;
  /** The whole of it, number and state included. */
  pull_request: string;
  remarks_seen_at: NullableBigInteger;
}

export interface FeedbackTable {
  id: string;
  ticket_id: string;
  received_at: BigInteger;
  ready_at: BigInteger;
  /** The revise run that got it. */
  run_id: string | null;
  content: string;
}

export interface ProjectsTable {
  key: string;
  version: number;
  project: string;
}

export interface SettingsTable {
  name: string;
  value: string;
}

export interface LocalPullRequestsTable {
  repository: string;
  number: number;
  head: string;
  base: string;
  state: PullRequest["state"];
  draft: Flag;
  updated_at: BigInteger;
  title: string;
  body: string;
  comments: string;
}

/** What a person has agreed to be changed for a ticket (§11.4). */
export interface FileApprovalsTable {
  ticket_id: string;
  path: string;
  approved_at: BigInteger;
  approved_by: string;
}

export interface WebhookDeliveriesTable {
  vendor: string;
  delivery_id: string;
  received_at: BigInteger;
}

export interface Database {
  runs: RunsTable;
  run_contents: RunContentsTable;
  run_steps: RunStepsTable;
  run_history: RunHistoryTable;
  leases: LeasesTable;
  effects: EffectsTable;
  tickets: TicketsTable;
  ticket_resets: TicketResetsTable;
  plans: PlansTable;
  pull_requests: PullRequestsTable;
  feedback: FeedbackTable;
  projects: ProjectsTable;
  settings: SettingsTable;
  local_pull_requests: LocalPullRequestsTable;
  webhook_deliveries: WebhookDeliveriesTable;
  file_approvals: FileApprovalsTable;
}

/** The database, or a transaction on it. */
export type Db = Kysely<Database>;
