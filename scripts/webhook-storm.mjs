/**
 * `npm run webhook-storm`: people review pull requests while GitHub's webhooks come ten times, shuffled, late or not at all;
 * it has to end as if each had come once and in order.
 *
 *   --rounds N   stories that are drawn, besides the whole one (default 10; each takes about ten seconds)
 *   --seed N     draws the same ones again (default: others each time; it is printed)
 */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exitCodeOf, interruption, runCommand, secondsSince } from "./run-command.mjs";
import { ensureReady, runScript } from "./setup.mjs";

const root = join(import.meta.dirname, "..");
const timeoutMs = 60 * 60_000;

const { values } = parseArgs({ options: { rounds: { type: "string" }, seed: { type: "string" } } });
const seed = values.seed ?? String(randomInt(2 ** 31));
const rounds = values.rounds ?? "10";
for (const [name, value] of Object.entries({ rounds, seed }))
  if (!/^\d{1,10}$/.test(value)) {
    console.error(`--${name} takes a whole number, not "${value}".`);
    process.exit(2);
  }

await runScript(async () => {
  const signal = interruption();
  await ensureReady({ signal });
  console.log(
    `webhook storm, seed ${seed}: the same with \`npm run webhook-storm -- --rounds ${rounds} --seed ${seed}\``,
  );
  const begin = performance.now();
  const { code, timedOut } = await runCommand(
    join(root, "node_modules/.bin/vitest"),
    ["run", "--project", "e2e", "e2e/webhook-storm.test.ts"],
    {
      cwd: root,
      timeoutMs,
      signal,
      inherit: true,
      env: {
        ...process.env,
        AI_IMPLEMENT_WEBHOOK_STORM_ROUNDS: rounds,
        AI_IMPLEMENT_WEBHOOK_STORM_SEED: seed,
      },
    },
  );
  console.log(`${code === 0 ? "every storm ended as its calm" : "something broke"} (${secondsSince(begin)})`);
  if (timedOut) console.log(`It was stopped: it took longer than ${timeoutMs / 60_000} min.`);
  return signal.aborted ? exitCodeOf(signal.reason) : code;
});
