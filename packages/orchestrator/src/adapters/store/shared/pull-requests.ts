import type { Selectable } from "kysely";
import { repositorySlug } from "../../../core/project.ts";
import type { TicketId } from "../../../core/ticket.ts";
import type { KnownPullRequest, Page, Store } from "../../../ports/store.ts";
import { decodeCursor, encodeCursor, toPage } from "./cursor.ts";
import type { Db, PullRequestsTable } from "./schema.ts";
import { parseJson, toNumber } from "./values.ts";

/** The same repository and number is the same pull request, brought up to date. */
export const savePullRequest = async (db: Db, known: KnownPullRequest): Promise<void> => {
  const { repository, pullRequest } = known;
  const changing = {
    ticket_id: known.ticketId,
    project_key: known.projectKey,
    head: pullRequest.head,
    state: pullRequest.state,
    updated_at: known.updatedAt,
    repository: JSON.stringify(repository),
    pull_request: JSON.stringify(pullRequest),
    ...(known.remarksSeenAt === undefined ? {} : { remarks_seen_at: known.remarksSeenAt }),
  };
  await db
    .insertInto("pull_requests")
    .values({
      ...changing,
      repository_key: `${repository.forge}:${repositorySlug(repository)}`,
      number: pullRequest.number,
    })
    .onConflict((conflict) => conflict.columns(["repository_key", "number"]).doUpdateSet(changing))
    .execute();
};

/** The one that was opened last. */
export const findPullRequest = async (db: Db, ticketId: TicketId): Promise<KnownPullRequest | null> =>
  (await newestPullRequests(db, [ticketId])).get(ticketId) ?? null;

/** Forges tell no case in names apart, and a webhook writes them as the forge does. */
export const findPullRequestByNumber = async (
  db: Db,
  { forge, owner, name }: Parameters<Store["findPullRequestByNumber"]>[0],
  number: number,
): Promise<KnownPullRequest | null> => {
  const row = await db
    .selectFrom("pull_requests")
    .selectAll()
    .where("number", "=", number)
    .where(
      ({ fn }) => fn<string>("lower", ["repository_key"]),
      "=",
      `${forge}:${owner}/${name}`.toLowerCase(),
    )
    .executeTakeFirst();
  return row === undefined ? null : toKnownPullRequest(row);
};

/** Of each of these tickets, the one that was opened last. */
export const newestPullRequests = async (
  db: Db,
  ticketIds: readonly TicketId[],
): Promise<ReadonlyMap<TicketId, KnownPullRequest>> => {
  if (ticketIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("pull_requests")
    .selectAll()
    .where("id", "in", (newest) =>
      newest
        .selectFrom("pull_requests")
        .select(({ fn }) => fn.max("id").as("id"))
        .where("ticket_id", "in", [...new Set(ticketIds)])
        .groupBy("ticket_id"),
    )
    .execute();
  return new Map(rows.map((row) => [row.ticket_id, toKnownPullRequest(row)]));
};

/** Newest first. @throws RangeError for a cursor that is not ours */
export const listPullRequests = async (
  db: Db,
  { state, cursor, limit }: Parameters<Store["listPullRequests"]>[0],
): Promise<Page<KnownPullRequest>> => {
  let pullRequests = db.selectFrom("pull_requests").selectAll();
  if (state !== undefined) pullRequests = pullRequests.where("state", "=", state);
  if (cursor !== undefined) pullRequests = pullRequests.where("id", "<", Number(decodeCursor(cursor, 1)[0]));
  const rows = await pullRequests
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, toKnownPullRequest, ({ id }) => encodeCursor([toNumber(id)]));
};

const toKnownPullRequest = (row: Selectable<PullRequestsTable>): KnownPullRequest => ({
  ticketId: row.ticket_id,
  projectKey: row.project_key,
  repository: parseJson<KnownPullRequest["repository"]>(row.repository),
  pullRequest: parseJson<KnownPullRequest["pullRequest"]>(row.pull_request),
  updatedAt: toNumber(row.updated_at),
  ...(row.remarks_seen_at === null ? {} : { remarksSeenAt: toNumber(row.remarks_seen_at) }),
});
