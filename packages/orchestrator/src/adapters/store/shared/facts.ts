import { sql } from "kysely";
import type { LastRun, LiveRun, Obstacle, TicketHistory } from "../../../core/dispatch/snapshot.ts";
import type { Lease } from "../../../core/runs/admit.ts";
import type { TicketId } from "../../../core/ticket.ts";
import type { Instant } from "../../../core/time.ts";
import { attemptKey, type DispatchFacts } from "../../../ports/store.ts";
import { undelivered } from "./effect-queue.ts";
import { pendingFeedback } from "./feedback.ts";
import { lastRuns, newestPlans, newestPullRequestRecords, seenTickets } from "./history-facts.ts";
import { listLeases } from "./leases.ts";
import { isLiveRow } from "./live.ts";
import type { Db } from "./schema.ts";
import { spendByProject } from "./spend.ts";
import { toNumber } from "./values.ts";

/** Set queries only, whatever the number of tickets; and none that reads what people or agents wrote at length. */
export const dispatchFacts = async (db: Db, now: Instant): Promise<DispatchFacts> => ({
  histories: await histories(db, now),
  liveRuns: await liveRuns(db),
  openPullRequests: await openPullRequests(db),
  spend: await spendByProject(db, now),
  lastAttempts: await lastAttempts(db),
  obstacles: await obstacles(db),
});

/**
 * Of every ticket that we ever saw or touched. Finished ones are among them on purpose: a ticket that is reopened
 * between two polls must not read as one that was never worked on.
 */
const histories = async (db: Db, now: Instant): Promise<ReadonlyMap<TicketId, TicketHistory>> => {
  const all = new Map<TicketId, Mutable<TicketHistory>>();
  const of = (ticketId: TicketId): Mutable<TicketHistory> => {
    const known = all.get(ticketId);
    if (known !== undefined) return known;
    const fresh = { leases: [] };
    all.set(ticketId, fresh);
    return fresh;
  };
  for (const { ticketId, strayingSince, resetAt } of await seenTickets(db)) {
    const history = of(ticketId);
    if (strayingSince !== null) history.strayingSince = strayingSince;
    if (resetAt !== null) history.resetAt = resetAt;
  }
  for (const [ticketId, lastRun] of await lastRuns(db)) {
    const history = of(ticketId);
    if (countsAfterReset(lastRun, history.resetAt)) history.lastRun = lastRun;
  }
  for (const [ticketId, plan] of await newestPlans(db)) of(ticketId).plan = plan;
  for (const [ticketId, pullRequest] of await newestPullRequestRecords(db))
    of(ticketId).pullRequest = pullRequest;
  for (const [ticketId, feedback] of await pendingFeedback(db)) of(ticketId).feedback = feedback;
  for (const [ticketId, leases] of byTicket(await listLeases(db, now))) of(ticketId).leases = leases;
  return all;
};

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** The newest run that a reset left behind means that all the others are behind it as well. */
const countsAfterReset = ({ admittedAt }: LastRun, resetAt: Instant | undefined): boolean =>
  resetAt === undefined || admittedAt >= resetAt;

const byTicket = (leases: readonly Lease[]): ReadonlyMap<TicketId, readonly Lease[]> => {
  const groups = new Map<TicketId, Lease[]>();
  for (const lease of leases) {
    const group = groups.get(lease.ticketId);
    if (group === undefined) groups.set(lease.ticketId, [lease]);
    else group.push(lease);
  }
  return groups;
};

const liveRuns = async (db: Db): Promise<readonly LiveRun[]> => {
  const rows = await db
    .selectFrom("runs")
    .select(["id", "ticket_id", "scope_key", "project_key", "phase", "admitted_at", "reserved_usd"])
    .where(isLiveRow)
    .orderBy("admitted_at")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    ticketId: row.ticket_id,
    scopeKey: row.scope_key,
    projectKey: row.project_key,
    phase: row.phase,
    admittedAt: toNumber(row.admitted_at),
    reservedUsd: row.reserved_usd,
  }));
};

const openPullRequests = async (db: Db): Promise<ReadonlyMap<string, number>> => {
  const rows = await db
    .selectFrom("pull_requests")
    .select(({ fn }) => ["project_key", fn.countAll().as("open")])
    .where("state", "=", "open")
    .groupBy("project_key")
    .execute();
  return new Map(rows.map((row) => [row.project_key, toNumber(row.open)]));
};

const obstacles = async (db: Db): Promise<ReadonlyMap<TicketId, Obstacle>> => {
  const rows = await undelivered(db)
    .select(["ticket_id", "next_at", sql<string>`substr(last_error, 1, 1000)`.as("error")])
    .where("last_error", "is not", null)
    .orderBy("id", "desc")
    .execute();
  return new Map(rows.map((row) => [row.ticket_id, { error: row.error, retryAt: toNumber(row.next_at) }]));
};

const lastAttempts = async (db: Db): Promise<ReadonlyMap<string, number>> => {
  const rows = await db
    .selectFrom("runs")
    .select(({ fn }) => ["ticket_id", "phase", fn.max("attempt").as("attempt")])
    .groupBy(["ticket_id", "phase"])
    .execute();
  return new Map(rows.map((row) => [attemptKey(row.ticket_id, row.phase), row.attempt]));
};
