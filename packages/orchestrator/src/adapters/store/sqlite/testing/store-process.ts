import { aRunId, aTime } from "../../../../core/testing/builders.ts";
import { admissionOf, changeOf } from "../../contract/builders.ts";
import { openSqliteStore } from "../sqlite-store.ts";

/**
 * A process of its own, for what one process cannot show: several that open one file, and one that is killed.
 * Arguments: the database, then `admit <n>` (one attempt at the same ticket; prints how the commit went) or
 * `die` (commits, says so and is killed without closing).
 */
const main = async ([path = "", action = "", n = "1"]: readonly string[]): Promise<void> => {
  const { store } = await openSqliteStore({ path, clock: { now: () => aTime } });
  const result = await store.commit(changeOf(admissionOf({ n: Number(n), ticket: "ACME-1" })));
  process.stdout.write(`${result} ${aRunId(Number(n))}\n`);
  if (action === "die") process.kill(process.pid, "SIGKILL");
  await store.close();
};

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
