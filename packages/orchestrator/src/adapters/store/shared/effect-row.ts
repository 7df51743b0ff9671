import type { Insertable, Selectable } from "kysely";
import { type Effect, type EffectIntent, receiverOf } from "../../../core/runs/effects.ts";
import type { Instant } from "../../../core/time.ts";
import type { EffectRecord } from "../../../ports/store.ts";
import type { EffectsTable } from "./schema.ts";
import { parseJson, toNumber } from "./values.ts";

/** Due at once. */
export const toNewEffectRow = (
  { key, ticketId, runId, effect }: EffectIntent,
  now: Instant,
): Insertable<EffectsTable> => ({
  key,
  ticket_id: ticketId,
  run_id: runId,
  receiver: receiverOf(effect),
  kind: effect.kind,
  attempts: 0,
  next_at: now,
  held_until: null,
  created_at: now,
  delivered_at: null,
  abandoned_at: null,
  last_error: null,
  payload: JSON.stringify(effect),
});

export const toEffectRecord = (row: Selectable<EffectsTable>): EffectRecord => ({
  id: toNumber(row.id),
  key: row.key,
  ticketId: row.ticket_id,
  runId: row.run_id,
  receiver: row.receiver,
  effect: parseJson<Effect>(row.payload),
  attempts: row.attempts,
  createdAt: toNumber(row.created_at),
  lastError: row.last_error,
});
