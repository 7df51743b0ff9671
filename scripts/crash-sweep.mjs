/**
 * `npm run crash-sweep`: kills the simulated service at every call it makes, and at thousands of pairs of calls; and the real
 * programs at every moment that has a name.
 *
 *   --seed N    draws the same pairs again (default: another one each time; it is printed)
 *   --pairs N   how many pairs (default 2000, once in turn and once with everybody acting at once)
 */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exitCodeOf, interruption, runCommand, secondsSince } from "./run-command.mjs";
import { ensureReady } from "./setup.mjs";

const root = join(import.meta.dirname, "..");
const timeoutMs = 3 * 60 * 60_000;

const { values } = parseArgs({ options: { seed: { type: "string" }, pairs: { type: "string" } } });
const seed = values.seed ?? String(randomInt(2 ** 31));
const pairs = values.pairs ?? "2000";
for (const [name, value] of Object.entries({ seed, pairs }))
  if (!/^\d{1,10}$/.test(value)) {
    console.error(`--${name} takes a whole number, not "${value}".`);
    process.exit(2);
  }

console.log(`crash sweep, seed ${seed}: the same again with \`npm run crash-sweep -- --seed ${seed}\``);
const begin = performance.now();
const signal = interruption();
await ensureReady({ signal });
const { code, timedOut } = await runCommand(
  join(root, "node_modules/.bin/vitest"),
  ["run", "packages/orchestrator/src/services/crash.simulation.test.ts", "e2e/crash.test.ts"],
  {
    cwd: root,
    timeoutMs,
    signal,
    inherit: true,
    env: {
      ...process.env,
      AI_IMPLEMENT_SWEEP: "long",
      AI_IMPLEMENT_EVERY_CRASH: "1",
      AI_IMPLEMENT_SWEEP_SEED: seed,
      AI_IMPLEMENT_SWEEP_PAIRS: pairs,
    },
  },
);
if (timedOut) console.log(`The sweep was stopped: it took longer than ${timeoutMs / 3_600_000} hours.`);
console.log(`${code === 0 ? "ok" : "FAILED"} crash sweep, seed ${seed} (${secondsSince(begin)})`);
process.exitCode = signal.aborted ? exitCodeOf(signal.reason) : code;
