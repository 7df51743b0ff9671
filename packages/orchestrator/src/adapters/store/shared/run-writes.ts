import type { Run } from "../../../core/run.ts";
import { isTerminal } from "../../../core/run.ts";
import type { Lease } from "../../../core/runs/admit.ts";
import { isTransient } from "../../../core/runs/failure.ts";
import type { HistoryRow, Versioned } from "../../../ports/store.ts";
import { Conflict } from "./conflict.ts";
import { assignFeedback } from "./feedback.ts";
import { releaseLeaseOf, takeLease } from "./leases.ts";
import { toDetailsColumn, toNewContentsRow, toNewRunRow, toProgressColumns } from "./run-row.ts";
import type { Db } from "./schema.ts";
import { inBatches, toFlag } from "./values.ts";

/**
 * @throws Conflict when the ticket has a live run, when this ticket, phase and attempt exist, or when another run's
 * lease still holds them.
 */
export const admitRun = async (
  db: Db,
  { run, lease }: { readonly run: Run; readonly lease: Lease },
): Promise<void> => {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("runs")
    .values(toNewRunRow(run))
    // Whichever unique index objects: a caught violation would end the transaction on PostgreSQL.
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) throw new Conflict();
  await db.insertInto("run_contents").values(toNewContentsRow(run)).execute();
  await takeLease(db, lease, run.admittedAt);
  if (run.phase === "revise") await assignFeedback(db, run.ticket.id, run.id);
};

/** A run that failed retryably gives its lease back (§5.4). @throws Conflict when the version is stale. */
export const updateRun = async (db: Db, { value: run, version }: Versioned<Run>): Promise<void> => {
  const { numUpdatedRows } = await db
    .updateTable("runs")
    .set({ ...toProgressColumns(run), version: version + 1 })
    .where("id", "=", run.id)
    .where("version", "=", version)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw new Conflict();
  await db
    .updateTable("run_contents")
    .set({ details: toDetailsColumn(run) })
    .where("run_id", "=", run.id)
    .execute();
  if (isTerminal(run.state) && run.failure !== undefined && isTransient(run.failure))
    await releaseLeaseOf(db, run.id);
};

export const addHistory = (db: Db, rows: readonly HistoryRow[]): Promise<void> =>
  inBatches(rows, (batch) =>
    db
      .insertInto("run_history")
      .values(
        batch.map(({ runId, at, event, cause, applied }) => ({
          run_id: runId,
          at,
          event,
          cause,
          applied: toFlag(applied),
        })),
      )
      .execute(),
  );

export const saveActivity = async (
  db: Db,
  { runId, line }: { readonly runId: string; readonly line: string },
): Promise<void> => {
  await db.updateTable("runs").set({ activity: line }).where("id", "=", runId).execute();
};
