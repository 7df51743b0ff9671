import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Sandbox } from "./service.ts";

/** Looks into the service's database from outside, without ever writing to it. */
export interface Watch {
  /** The first column of every row. */
  column(sql: string): readonly unknown[];
  /** Resolves as soon as the query has a row; it looks every millisecond, so that short moments are met. */
  until(sql: string, timeoutMs?: number): Promise<void>;
  close(): void;
}

export const watchDatabase = (sandbox: Sandbox): Watch => {
  const database = new Database(sandbox.settings["DEDUP_DB_PATH"] ?? "", { readonly: true });
  const column = (sql: string): readonly unknown[] => database.prepare(sql).pluck().all();
  return {
    column,
    async until(sql, timeoutMs = 60_000) {
      const end = Date.now() + timeoutMs;
      while (column(sql).length === 0) {
        if (Date.now() > end) throw new Error(`Not within ${timeoutMs / 1000} s: ${sql}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    close: () => {
      database.close();
    },
  };
};

/** The process id of the runner of an attempt, as it wrote it down itself. */
export const runnerPid = async (sandbox: Sandbox, runId: string): Promise<number> => {
  const file = join(sandbox.settings["ATTEMPTS_DIR"] ?? "", runId, "runner.json");
  const { pid } = JSON.parse(await readFile(file, "utf8")) as { pid: number };
  return pid;
};
