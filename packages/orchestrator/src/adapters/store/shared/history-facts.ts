import type { LastRun, PlanRecord, PullRequestRecord } from "../../../core/dispatch/snapshot.ts";
import type { Failure } from "../../../core/runs/failure.ts";
import type { TicketId } from "../../../core/ticket.ts";
import type { Instant } from "../../../core/time.ts";
import type { Db } from "./schema.ts";
import { parseJson, toNumber, toNumberOrNull } from "./values.ts";

interface SeenTicket {
  readonly ticketId: TicketId;
  readonly strayingSince: Instant | null;
  readonly resetAt: Instant | null;
}

export const seenTickets = async (db: Db): Promise<readonly SeenTicket[]> => {
  const tickets = await db.selectFrom("tickets").select(["id", "straying_since"]).execute();
  const resets = await db.selectFrom("ticket_resets").select(["ticket_id", "reset_at"]).execute();
  return [
    ...tickets.map((row) => ({
      ticketId: row.id,
      strayingSince: toNumberOrNull(row.straying_since),
      resetAt: null,
    })),
    ...resets.map((row) => ({
      ticketId: row.ticket_id,
      strayingSince: null,
      resetAt: toNumber(row.reset_at),
    })),
  ];
};

/** The newest run of each ticket. */
export const lastRuns = async (db: Db): Promise<ReadonlyMap<TicketId, LastRun>> => {
  const rows = await db
    .selectFrom("runs")
    .select([
      "id",
      "ticket_id",
      "phase",
      "state",
      "try_number",
      "attempt",
      "admitted_at",
      "ended_at",
      "failure",
    ])
    .where("id", "=", (newest) =>
      newest
        .selectFrom("runs as later")
        .select("later.id")
        .whereRef("later.ticket_id", "=", "runs.ticket_id")
        .orderBy("later.admitted_at", "desc")
        .orderBy("later.id", "desc")
        .limit(1),
    )
    .execute();
  return new Map(
    rows.map((row) => [
      row.ticket_id,
      {
        id: row.id,
        phase: row.phase,
        state: row.state,
        tryNumber: row.try_number,
        attempt: row.attempt,
        admittedAt: toNumber(row.admitted_at),
        ...(row.ended_at === null ? {} : { endedAt: toNumber(row.ended_at) }),
        ...(row.failure === null ? {} : { failure: parseJson<Failure>(row.failure) }),
      },
    ]),
  );
};

/** Whether a reset or a missing approval makes a plan count or not is the core's to say. */
export const newestPlans = async (db: Db): Promise<ReadonlyMap<TicketId, PlanRecord>> => {
  const rows = await db
    .selectFrom("plans")
    .select(["ticket_id", "completed_at", "approved_at"])
    .orderBy("ticket_id")
    .orderBy("completed_at")
    .orderBy("run_id")
    .execute();
  // A ticket has one plan, seldom two: the later one simply takes the earlier one's place in the map.
  return new Map(
    rows.map((row) => [
      row.ticket_id,
      {
        completedAt: toNumber(row.completed_at),
        ...(row.approved_at === null ? {} : { approvedAt: toNumber(row.approved_at) }),
      },
    ]),
  );
};

export const newestPullRequestRecords = async (db: Db): Promise<ReadonlyMap<TicketId, PullRequestRecord>> => {
  const rows = await db
    .selectFrom("pull_requests")
    .select(["ticket_id", "number", "head", "state"])
    .orderBy("ticket_id")
    .orderBy("id")
    .execute();
  // One per ticket, or nearly: the one opened last takes the place of those before it.
  return new Map(rows.map(({ ticket_id, number, head, state }) => [ticket_id, { number, head, state }]));
};
