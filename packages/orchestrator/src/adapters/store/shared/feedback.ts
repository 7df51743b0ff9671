import type { Selectable } from "kysely";
import {
  type AssignedFeedback,
  type Feedback,
  mostFeedbackOfRun,
  type PendingFeedback,
} from "../../../core/review/feedback.ts";
import type { RunId } from "../../../core/run.ts";
import type { TicketId } from "../../../core/ticket.ts";
import type { Db, FeedbackTable } from "./schema.ts";
import { parseJson, toNumber } from "./values.ts";

type Content = Omit<Feedback, "id" | "ticketId" | "receivedAt" | "readyAt">;

/** The same remark again is the same feedback, whatever it says by now: it is worked on once (§12). */
export const saveFeedback = async (db: Db, feedback: Feedback): Promise<void> => {
  const { id, ticketId, receivedAt, readyAt, ...content } = feedback;
  await db
    .insertInto("feedback")
    .values({
      id,
      ticket_id: ticketId,
      received_at: receivedAt,
      ready_at: readyAt,
      run_id: null,
      content: JSON.stringify(content satisfies Content),
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
};

/** A revise run gets the oldest that waits; what was given to a run that came to nothing waits again. */
export const assignFeedback = async (db: Db, ticketId: TicketId, runId: RunId): Promise<void> => {
  const waiting = unhandled(db)
    .select("feedback.id")
    .where("feedback.ticket_id", "=", ticketId)
    .orderBy("feedback.received_at")
    .orderBy("feedback.id")
    .limit(mostFeedbackOfRun);
  await db.updateTable("feedback").set({ run_id: runId }).where("id", "in", waiting).execute();
};

export const listFeedback = async (db: Db, ticketId: TicketId): Promise<readonly AssignedFeedback[]> => {
  const rows = await db
    .selectFrom("feedback")
    .selectAll()
    .where("ticket_id", "=", ticketId)
    .orderBy("received_at")
    .orderBy("id")
    .execute();
  return rows.map(toFeedback);
};

export const pendingFeedback = async (db: Db): Promise<ReadonlyMap<TicketId, PendingFeedback>> => {
  const rows = await unhandled(db)
    .select(({ fn }) => [
      "feedback.ticket_id",
      fn.countAll().as("count"),
      fn.max("feedback.received_at").as("received_at"),
      fn.max("feedback.ready_at").as("ready_at"),
    ])
    .groupBy("feedback.ticket_id")
    .execute();
  return new Map(
    rows.map((row) => [
      row.ticket_id,
      {
        count: toNumber(row.count),
        receivedAt: toNumber(row.received_at),
        readyAt: toNumber(row.ready_at),
      },
    ]),
  );
};

const unhandled = (db: Db) =>
  db
    .selectFrom("feedback")
    .leftJoin("runs", "runs.id", "feedback.run_id")
    .where((row) =>
      row.or([
        row("feedback.run_id", "is", null),
        row("runs.state", "in", ["failed", "timed_out", "cancelled"]),
      ]),
    );

const toFeedback = (row: Selectable<FeedbackTable>): AssignedFeedback => ({
  ...parseJson<Content>(row.content),
  id: row.id,
  ticketId: row.ticket_id,
  receivedAt: toNumber(row.received_at),
  readyAt: toNumber(row.ready_at),
  runId: row.run_id,
});
