import { openForWriting } from "@ai-implement/orchestrator/adapters/store/sqlite/open-for-writing.ts";

/** The least that remembering something costs: one row, one commit, synced to the disk as the store's are. */
export interface BareCommits {
  commit(): void;
  close(): void;
}

export const openBareCommits = (path: string): BareCommits => {
  const handle = openForWriting(path, 5_000);
  handle.exec("create table rows (id integer primary key, payload text not null)");
  const insert = handle.prepare("insert into rows (payload) values (?)");
  const payload = JSON.stringify({ kind: "post-comment", body: "x".repeat(200) });
  return {
    commit: () => void insert.run(payload),
    close: () => void handle.close(),
  };
};
