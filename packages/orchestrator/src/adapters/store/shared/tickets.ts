import type { Selectable } from "kysely";
import type { Ticket, TicketId } from "../../../core/ticket.ts";
import type { Instant } from "../../../core/time.ts";
import type { KnownTicket, StoredDecision } from "../../../ports/store.ts";
import { releaseLeases } from "./leases.ts";
import type { Db, TicketsTable } from "./schema.ts";
import { inBatches, parseJson, toNumberOrNull } from "./values.ts";

export const saveKnownTickets = (db: Db, known: readonly KnownTicket[]): Promise<void> =>
  inBatches(known, (batch) =>
    db
      .insertInto("tickets")
      .values(
        batch.map(({ ticket, sight, strayingSince, decision }) => ({
          id: ticket.id,
          straying_since: strayingSince,
          sight,
          decision: decision === null ? null : JSON.stringify(decision),
          ticket: JSON.stringify(ticket),
        })),
      )
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet(({ ref }) => ({
          straying_since: ref("excluded.straying_since"),
          sight: ref("excluded.sight"),
          decision: ref("excluded.decision"),
          ticket: ref("excluded.ticket"),
        })),
      )
      .execute(),
  );

export const listKnownTickets = async (db: Db): Promise<readonly KnownTicket[]> => {
  const rows = await db.selectFrom("tickets").selectAll().orderBy("id").execute();
  return rows.map(toKnownTicket);
};

export const findKnownTicket = async (db: Db, ticketId: TicketId): Promise<KnownTicket | null> => {
  const row = await db.selectFrom("tickets").selectAll().where("id", "=", ticketId).executeTakeFirst();
  return row === undefined ? null : toKnownTicket(row);
};

const toKnownTicket = (row: Selectable<TicketsTable>): KnownTicket => ({
  ticket: parseJson<Ticket>(row.ticket),
  sight: row.sight,
  strayingSince: toNumberOrNull(row.straying_since),
  decision: row.decision === null ? null : parseJson<StoredDecision>(row.decision),
});

/** What went before no longer counts, and no lease holds the ticket (§7.1). */
export const resetTicket = async (
  db: Db,
  { ticketId, at }: { readonly ticketId: TicketId; readonly at: Instant },
): Promise<void> => {
  await db
    .insertInto("ticket_resets")
    .values({ ticket_id: ticketId, reset_at: at })
    .onConflict((conflict) => conflict.column("ticket_id").doUpdateSet({ reset_at: at }))
    .execute();
  await releaseLeases(db, { ticketId });
};
