import { sql } from "kysely";
import type { Instant } from "../../../core/time.ts";
import type { Change, CommitResult } from "../../../ports/store.ts";
import { writeChange } from "./commit.ts";
import { Conflict } from "./conflict.ts";
import type { Db } from "./schema.ts";

interface Waiting {
  readonly change: Change;
  readonly now: Instant;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome =
  | { readonly kind: "result"; readonly result: CommitResult }
  | { readonly kind: "error"; readonly error: unknown };

/** A transaction that is longer keeps everybody waiting. */
const maxChanges = 100;

/**
 * Each change is written whole or not at all, and is on the disk before its promise resolves. Those that come while
 * others are written share the next transaction: a hundred dispatches wait for one flush of the disk, not for a hundred.
 */
export const createGroupCommit = (db: Db): ((change: Change, now: Instant) => Promise<CommitResult>) => {
  const waiting: Waiting[] = [];
  let isWriting = false;

  const writeAll = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) await writeGroup(db, waiting.splice(0, maxChanges));
    isWriting = false;
  };

  return (change, now) =>
    new Promise((resolve, reject) => {
      waiting.push({ change, now, resolve, reject });
      if (!isWriting) void writeAll();
    });
};

/** Never rejects: whoever waits is told. */
const writeGroup = async (db: Db, group: readonly Waiting[]): Promise<void> => {
  try {
    const outcomes = await db.transaction().execute(async (transaction) => {
      const written: Outcome[] = [];
      for (const each of group) written.push(await writeOne(transaction, each));
      return written;
    });
    for (const [index, each] of group.entries()) tell(each, outcomes[index]);
  } catch (error) {
    // The transaction itself failed: nothing of the whole group is there.
    for (const { reject } of group) reject(error);
  }
};

const tell = ({ resolve, reject }: Waiting, outcome: Outcome | undefined): void => {
  if (outcome?.kind === "result") resolve(outcome.result);
  else reject(outcome?.error ?? new Error("A change was left out of its transaction."));
};

/** One that conflicts, or cannot be written, leaves the others of its group as they are. @throws where the transaction is lost */
const writeOne = async (transaction: Db, { change, now }: Waiting): Promise<Outcome> => {
  await sql`savepoint change`.execute(transaction);
  try {
    await writeChange(transaction, change, now);
    await sql`release savepoint change`.execute(transaction);
    return { kind: "result", result: "committed" };
  } catch (error) {
    await sql`rollback to savepoint change`.execute(transaction);
    await sql`release savepoint change`.execute(transaction);
    return error instanceof Conflict ? { kind: "result", result: "conflict" } : { kind: "error", error };
  }
};
