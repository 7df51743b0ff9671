import { filesAskedFor } from "../../../core/messages/files-asked-for.ts";
import type { RunId } from "../../../core/run.ts";
import type { TicketId } from "../../../core/ticket.ts";
import type { FileApproval } from "../../../ports/store.ts";
import { wholeRuns } from "./run-queries.ts";
import { toRun } from "./run-row.ts";
import type { Db } from "./schema.ts";
import { toNumber } from "./values.ts";

/** Approved again, it is the newer approval that counts: the older may be of a pull request that has ended. */
export const saveFileApproval = async (db: Db, { ticketId, path, at, by }: FileApproval): Promise<void> => {
  await db
    .insertInto("file_approvals")
    .values({ ticket_id: ticketId, path, approved_at: at, approved_by: by })
    .onConflict((conflict) =>
      conflict.columns(["ticket_id", "path"]).doUpdateSet({ approved_at: at, approved_by: by }),
    )
    .execute();
};

/** Until the pull request that they were given for is merged or closed (§11.4). The newest first: a job has room for so many. */
export const approvedFiles = async (db: Db, ticketId: TicketId): Promise<readonly FileApproval[]> => {
  const rows = await db
    .selectFrom("file_approvals")
    .selectAll()
    .where("ticket_id", "=", ticketId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("pull_requests")
            .select("pull_requests.id")
            .whereRef("pull_requests.ticket_id", "=", "file_approvals.ticket_id")
            .whereRef("pull_requests.updated_at", ">=", "file_approvals.approved_at")
            .where("pull_requests.state", "!=", "open"),
        ),
      ),
    )
    .orderBy("approved_at", "desc")
    .orderBy("path")
    .execute();
  return rows.map((row) => ({
    ticketId: row.ticket_id,
    path: row.path,
    at: toNumber(row.approved_at),
    by: row.approved_by,
  }));
};

/** Of the ticket's newest run, where the guard refused it and a person's approval is all it takes. */
export const filesToApprove = async (
  db: Db,
  ticketId: TicketId,
): Promise<{ readonly runId: RunId; readonly paths: readonly string[] } | null> => {
  const rows = await wholeRuns(db)
    .where("ticket_id", "=", ticketId)
    .orderBy("admitted_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .execute();
  const run = rows.map(toRun)[0];
  const paths = filesAskedFor(run?.report);
  return run === undefined || paths.length === 0 ? null : { runId: run.id, paths };
};
