/**
 * `npm run tracker-storm`: 200 tickets in Linear and Jira go from marked to merged while 30 % of all requests fail.
 *
 *   --tickets N   in each tracker (default 100)
 *   --seed N      draws the same faults again (default: another one each time; it is printed)
 */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exitCodeOf, interruption, runCommand, secondsSince } from "./run-command.mjs";
import { ensureReady, runScript } from "./setup.mjs";

const root = join(import.meta.dirname, "..");
const timeoutMs = 60 * 60_000;

const { values } = parseArgs({ options: { seed: { type: "string" }, tickets: { type: "string" } } });
const seed = values.seed ?? String(randomInt(2 ** 31));
const tickets = values.tickets ?? "100";
for (const [name, value] of Object.entries({ seed, tickets }))
  if (!/^\d{1,10}$/.test(value)) {
    console.error(`--${name} takes a whole number, not "${value}".`);
    process.exit(2);
  }

await runScript(async () => {
  const signal = interruption();
  await ensureReady({ signal });
  console.log(
    `tracker storm, seed ${seed}: the same faults with \`npm run tracker-storm -- --seed ${seed}\``,
  );
  const begin = performance.now();
  const { code, timedOut } = await runCommand(
    join(root, "node_modules/.bin/vitest"),
    ["run", "--project", "e2e", "e2e/tracker-faults.test.ts"],
    {
      cwd: root,
      timeoutMs,
      signal,
      inherit: true,
      env: { ...process.env, AI_IMPLEMENT_STORM_TICKETS: tickets, AI_IMPLEMENT_STORM_SEED: seed },
    },
  );
  console.log(
    `${code === 0 ? "nothing was lost or done twice" : "something broke"} (${secondsSince(begin)})`,
  );
  if (timedOut) console.log(`It was stopped: it took longer than ${timeoutMs / 60_000} min.`);
  return signal.aborted ? exitCodeOf(signal.reason) : code;
});
