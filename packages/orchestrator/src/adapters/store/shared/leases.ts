import type { Phase, RunId } from "../../../core/run.ts";
import type { Lease } from "../../../core/runs/admit.ts";
import type { TicketId } from "../../../core/ticket.ts";
import type { Instant } from "../../../core/time.ts";
import { Conflict } from "./conflict.ts";
import type { Db } from "./schema.ts";
import { toNumber } from "./values.ts";

/** Replaces an expired one of the same ticket and phase. @throws Conflict when another run's still holds at `now`. */
export const takeLease = async (db: Db, lease: Lease, now: Instant): Promise<void> => {
  const { ticketId, phase, runId, until } = lease;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("leases")
    .values({ ticket_id: ticketId, phase, run_id: runId, until })
    .onConflict((conflict) =>
      conflict
        .columns(["ticket_id", "phase"])
        .doUpdateSet({ run_id: runId, until })
        .where((row) => row.or([row("leases.until", "<=", now), row("leases.run_id", "=", runId)])),
    )
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) throw new Conflict();
};

export const releaseLeaseOf = async (db: Db, runId: RunId): Promise<void> => {
  await db.deleteFrom("leases").where("run_id", "=", runId).execute();
};

/** Every phase, unless one is named. */
export const releaseLeases = async (
  db: Db,
  { ticketId, phase }: { readonly ticketId: TicketId; readonly phase?: Phase },
): Promise<void> => {
  const leases = db.deleteFrom("leases").where("ticket_id", "=", ticketId);
  await (phase === undefined ? leases : leases.where("phase", "=", phase)).execute();
};

/** Those that still hold at `now`. */
export const listLeases = async (db: Db, now: Instant): Promise<readonly Lease[]> => {
  const rows = await db
    .selectFrom("leases")
    .select(["ticket_id", "phase", "run_id", "until"])
    .where("until", ">", now)
    .orderBy("ticket_id")
    .orderBy("phase")
    .execute();
  return rows.map((row) => ({
    ticketId: row.ticket_id,
    phase: row.phase,
    runId: row.run_id,
    until: toNumber(row.until),
  }));
};
