import type { GapAnalysis } from "@ai-implement/contracts";
import { sql } from "kysely";
import type { Run, RunId } from "../../../core/run.ts";
import type { TicketId } from "../../../core/ticket.ts";
import type { HistoryRow, LogQuery, Page, RunDetails, RunLine, Versioned } from "../../../ports/store.ts";
import { decodeCursor, encodeCursor, toPage } from "./cursor.ts";
import { isLiveRow } from "./live.ts";
import { newestPullRequests } from "./pull-requests.ts";
import { type RunRow, runColumns, runLineColumns, toRun, toRunLine } from "./run-row.ts";
import type { Db } from "./schema.ts";
import { stepsOf } from "./steps.ts";
import { toNumber } from "./values.ts";

export const wholeRuns = (db: Db) =>
  db.selectFrom("runs").innerJoin("run_contents", "run_contents.run_id", "runs.id").select(runColumns);

const versioned = (row: RunRow): Versioned<Run> => ({ value: toRun(row), version: row.version });

export const findRun = async (db: Db, id: RunId): Promise<Versioned<Run> | null> => {
  const row = await wholeRuns(db).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : versioned(row);
};

/** The longest waiting first. */
export const listLiveRuns = async (db: Db): Promise<readonly Versioned<Run>[]> => {
  const rows = await wholeRuns(db).where(isLiveRow).orderBy("admitted_at").orderBy("id").execute();
  return rows.map(versioned);
};

export const runDetails = async (db: Db, id: RunId): Promise<RunDetails | null> => {
  const row = await wholeRuns(db).select("activity").where("id", "=", id).executeTakeFirst();
  if (row === undefined) return null;
  const steps = await stepsOf(db, id);
  return { run: toRun(row), steps, history: await historyOf(db, id), activity: row.activity };
};

/** Of the newest run of a ticket that reported a change. */
export const lastGapAnalysis = async (
  db: Db,
  ticketId: TicketId,
): Promise<{ readonly runId: RunId; readonly analysis: GapAnalysis } | null> => {
  const rows = await wholeRuns(db)
    .where("ticket_id", "=", ticketId)
    .where("state", "in", ["succeeded", "review_failed"])
    .where("phase", "in", ["implement", "revise"])
    .orderBy("admitted_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .execute();
  const run = rows.map(toRun)[0];
  if (run?.report?.outcome !== "implemented" || run.report.gapAnalysis === undefined) return null;
  return { runId: run.id, analysis: run.report.gapAnalysis };
};

const historyOf = async (db: Db, runId: RunId): Promise<readonly HistoryRow[]> => {
  const rows = await db
    .selectFrom("run_history")
    .select(["at", "event", "cause", "applied"])
    .where("run_id", "=", runId)
    .orderBy("id")
    .execute();
  return rows.map(({ at, event, cause, applied }) => ({
    runId,
    at: toNumber(at),
    event,
    cause,
    applied: applied === 1,
  }));
};

/**
 * Newest first. The tickets come back without description and relatives, which can be long and which no list shows.
 * @throws RangeError for a cursor that is not ours
 */
export const listRuns = async (db: Db, query: LogQuery): Promise<Page<RunLine>> => {
  const { cursor, limit, projectKey, phase, states } = query;
  if (states?.length === 0) return { items: [], nextCursor: null };
  let runs = db
    .selectFrom("runs")
    .innerJoin("run_contents", "run_contents.run_id", "runs.id")
    .select(runLineColumns);
  if (projectKey !== undefined) runs = runs.where("project_key", "=", projectKey);
  if (phase !== undefined) runs = runs.where("phase", "=", phase);
  if (states !== undefined) runs = runs.where("state", "in", states);
  if (cursor !== undefined) {
    const [admittedAt, id] = decodeCursor(cursor, 2);
    runs = runs.where(sql<boolean>`(admitted_at, id) < (${Number(admittedAt)}, ${String(id)})`);
  }
  const rows = await runs
    .orderBy("admitted_at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const page = toPage(rows, limit, toRunLine, (row) => encodeCursor([toNumber(row.admitted_at), row.id]));
  return { items: await withPullRequests(db, page.items), nextCursor: page.nextCursor };
};

/** A run shows the pull request that its own report led to. */
const withPullRequests = async (db: Db, runs: readonly Run[]): Promise<readonly RunLine[]> => {
  const publishing = runs.filter(({ report }) => report?.outcome === "implemented");
  const known = await newestPullRequests(
    db,
    publishing.map(({ ticket }) => ticket.id),
  );
  return runs.map((run) => {
    const pullRequest = publishing.includes(run) ? known.get(run.ticket.id)?.pullRequest : undefined;
    if (pullRequest?.head !== run.branch) return { run, pullRequest: null };
    return { run, pullRequest: { number: pullRequest.number, url: pullRequest.url } };
  });
};
