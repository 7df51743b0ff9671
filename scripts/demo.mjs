/** `npm run demo`: brings the clone to life, then hands the terminal to `ai-implement demo`. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { exitCodeOf, interruption } from "./run-command.mjs";
import { ensureReady, runScript } from "./setup.mjs";

const program = join(import.meta.dirname, "../packages/orchestrator/dist/ai-implement.js");

/** One Ctrl-C arrives several times: from the terminal, and from npm, which passes it on. */
const samePressMs = 1_000;

/**
 * The demo has a session of its own, so that it gets each signal from us, once: the first one ends it in order,
 * a second press of Ctrl-C at once.
 */
const runDemo = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, "demo", ...args], { stdio: "inherit", detached: true });
    let last = Number.NEGATIVE_INFINITY;
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"])
      process.on(name, () => {
        const now = performance.now();
        if (now - last > samePressMs) child.kill(name === "SIGHUP" ? "SIGTERM" : name);
        last = now;
      });
    // A session without the terminal is not told that its window changed.
    process.on("SIGWINCH", () => child.kill("SIGWINCH"));
    child.once("error", reject);
    child.once("exit", (code, name) => resolve(code ?? exitCodeOf(name)));
  });

await runScript(async () => {
  const signal = interruption();
  await ensureReady({ signal });
  return signal.aborted ? exitCodeOf(signal.reason) : runDemo(process.argv.slice(2));
});
