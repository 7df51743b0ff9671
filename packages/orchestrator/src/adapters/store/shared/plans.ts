import type { Plan } from "@ai-implement/contracts";
import type { TicketId } from "../../../core/ticket.ts";
import type { Instant } from "../../../core/time.ts";
import type { Change, StoredPlan } from "../../../ports/store.ts";
import type { Db } from "./schema.ts";
import { parseJson, toNumber, toNumberOrNull } from "./values.ts";

type NewPlan = NonNullable<Change["plans"]>[number];

/** A run makes one plan: the same again changes nothing. */
export const savePlan = async (db: Db, { ticketId, runId, plan, at }: NewPlan): Promise<void> => {
  await db
    .insertInto("plans")
    .values({
      run_id: runId,
      ticket_id: ticketId,
      completed_at: at,
      approved_at: null,
      plan: JSON.stringify(plan),
    })
    .onConflict((conflict) => conflict.column("run_id").doNothing())
    .execute();
};

/** Approves the ticket's newest plan; a plan approved before keeps its first approval. */
export const approvePlan = async (
  db: Db,
  { ticketId, at }: { readonly ticketId: TicketId; readonly at: Instant },
): Promise<void> => {
  await db
    .updateTable("plans")
    .set({ approved_at: at })
    .where("run_id", "=", newestPlan(db, ticketId).select("run_id"))
    .where("approved_at", "is", null)
    .execute();
};

export const findPlan = async (db: Db, ticketId: TicketId): Promise<StoredPlan | null> => {
  const row = await newestPlan(db, ticketId).selectAll().executeTakeFirst();
  if (row === undefined) return null;
  return {
    runId: row.run_id,
    plan: parseJson<Plan>(row.plan),
    completedAt: toNumber(row.completed_at),
    approvedAt: toNumberOrNull(row.approved_at),
  };
};

const newestPlan = (db: Db, ticketId: TicketId) =>
  db
    .selectFrom("plans")
    .where("ticket_id", "=", ticketId)
    .orderBy("completed_at", "desc")
    .orderBy("run_id", "desc")
    .limit(1);
