import type { Spend } from "../../../core/dispatch/snapshot.ts";
import type { Instant } from "../../../core/time.ts";
import type { Db } from "./schema.ts";
import { toNumber } from "./values.ts";

/** Per project key, what the runs that ended in `now`'s day and month (UTC) count against the budget. */
export const spendByProject = async (db: Db, now: Instant): Promise<ReadonlyMap<string, Spend>> => {
  const day = startOfDay(now);
  const rows = await db
    .selectFrom("runs")
    .select(({ fn, eb }) => [
      "project_key",
      fn.sum(fn.coalesce("cost_usd", eb.lit(0))).as("month"),
      fn
        .sum(eb.case().when("ended_at", ">=", day).then(eb.ref("cost_usd")).else(eb.lit(0)).end())
        .as("today"),
    ])
    .where("ended_at", ">=", startOfMonth(now))
    .groupBy("project_key")
    .execute();
  return new Map(
    rows.map((row) => [
      row.project_key,
      { todayUsd: toNumber(row.today), thisMonthUsd: toNumber(row.month) },
    ]),
  );
};

const startOfDay = (now: Instant): Instant => new Date(now).setUTCHours(0, 0, 0, 0);

const startOfMonth = (now: Instant): Instant => {
  const date = new Date(startOfDay(now));
  return date.setUTCDate(1);
};
