import type { Selectable } from "kysely";
import type {
  LocalComment,
  LocalPullRequest,
  LocalPullRequests,
} from "../../../ports/local-pull-requests.ts";
import type { Db, LocalPullRequestsTable } from "./schema.ts";
import { parseJson, toFlag, toNumber } from "./values.ts";

/** How often a number that another replica took first is tried anew. */
const maxTries = 20;

/** The pull requests of the local forge, in the database of the store. */
export const createLocalPullRequests = (db: Db): LocalPullRequests => ({
  findByHead: async (repository, head) => {
    const row = await db
      .selectFrom("local_pull_requests")
      .selectAll()
      .where("repository", "=", repository)
      .where("head", "=", head)
      .orderBy("number", "desc")
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : toLocalPullRequest(row);
  },

  findByNumber: async (repository, number) => {
    const row = await db
      .selectFrom("local_pull_requests")
      .selectAll()
      .where("repository", "=", repository)
      .where("number", "=", number)
      .executeTakeFirst();
    return row === undefined ? null : toLocalPullRequest(row);
  },

  open: async (draft) => {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const opened = await db.transaction().execute((transaction) => open(transaction, draft));
      if (opened !== "number-taken") return opened;
    }
    throw new Error(
      `No number was free for a pull request of ${draft.repository}: ${maxTries} tries each met another writer.`,
    );
  },

  save: async (pullRequest) => {
    const { repository, number } = pullRequest;
    const { numUpdatedRows } = await db
      .updateTable("local_pull_requests")
      .set(toRow(pullRequest))
      .where("repository", "=", repository)
      .where("number", "=", number)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n)
      throw new Error(`Pull request #${number} of ${repository} is not in the store, so it cannot be saved.`);
  },
});

const open = async (
  db: Db,
  draft: Parameters<LocalPullRequests["open"]>[0],
): Promise<LocalPullRequest | null | "number-taken"> => {
  const { repository, head } = draft;
  const standing = await db
    .selectFrom("local_pull_requests")
    .select("number")
    .where("repository", "=", repository)
    .where("head", "=", head)
    .where("state", "=", "open")
    .executeTakeFirst();
  if (standing !== undefined) return null;
  const { last } = await db
    .selectFrom("local_pull_requests")
    .select(({ fn }) => fn.max<number | null>("number").as("last"))
    .where("repository", "=", repository)
    .executeTakeFirstOrThrow();
  const opened: LocalPullRequest = { ...draft, number: (last ?? 0) + 1, state: "open", comments: [] };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("local_pull_requests")
    .values(toRow(opened))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 0n ? "number-taken" : opened;
};

const toRow = (pullRequest: LocalPullRequest) => {
  const { draft, comments, updatedAt, ...same } = pullRequest;
  const { repository, number, title, body, head, base, state } = same;
  return {
    repository,
    number,
    title,
    body,
    head,
    base,
    state,
    draft: toFlag(draft),
    comments: JSON.stringify(comments),
    updated_at: updatedAt,
  };
};

const toLocalPullRequest = (row: Selectable<LocalPullRequestsTable>): LocalPullRequest => ({
  repository: row.repository,
  number: row.number,
  title: row.title,
  body: row.body,
  head: row.head,
  base: row.base,
  state: row.state,
  draft: row.draft === 1,
  comments: parseJson<readonly LocalComment[]>(row.comments),
  updatedAt: toNumber(row.updated_at),
});
