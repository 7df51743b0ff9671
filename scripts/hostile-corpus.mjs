/**
 * `npm run hostile-corpus`: every attack of packages/runner/hostile-corpus in a run of its own, with an agent that obeys it, and a
 * line about each. As root, all of them can be tried; otherwise those that need another user or a closed network are left out.
 *
 *   --only WORD   those whose category or id holds the word; or one of several, with commas between them
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exitCodeOf, interruption, runCommand, secondsSince } from "./run-command.mjs";
import { ensureReady, runScript } from "./setup.mjs";

const root = join(import.meta.dirname, "..");
const timeoutMs = 60 * 60_000;

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });

await runScript(async () => {
  const signal = interruption();
  await ensureReady({ signal });
  const begin = performance.now();
  const { code, timedOut } = await runCommand(
    join(root, "node_modules/.bin/vitest"),
    ["run", "packages/runner/src/hostile-corpus.test.ts", "--project", "unit", "--disable-console-intercept"],
    {
      cwd: root,
      timeoutMs,
      signal,
      inherit: true,
      env: { ...process.env, AI_IMPLEMENT_HOSTILE_EACH: "1", AI_IMPLEMENT_HOSTILE_ONLY: values.only },
    },
  );
  console.log(`${code === 0 ? "every defence held" : "a defence was broken"} (${secondsSince(begin)})`);
  if (timedOut) console.log(`It was stopped: it took longer than ${timeoutMs / 60_000} min.`);
  return signal.aborted ? exitCodeOf(signal.reason) : code;
});
