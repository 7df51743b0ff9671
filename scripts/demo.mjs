/** `npm run demo`: brings the clone to life, then hands the terminal to `ai-implement demo`. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { exitCodeOf, interruption } from "./run-command.mjs";
import { ensureReady, runScript } from "./setup.mjs";

const program = join(import.meta.dirname, "../packages/orchestrator/dist/ai-implement.js");

/** One Ctrl-C arrives several times: from the terminal, and from npm, which passes it on. */
const samePressMs = 1_000;

/**
 * The demo has a session of its own, so that it gets each signal from us, once: the first one ends it in order,
 * a second press of Ctrl-C at once.
 */
const runDemo = (args, environment) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, "demo", ...args], {
      stdio: "inherit",
      detached: true,
      env: { ...process.env, ...environment },
    });
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

/** With a model credential the real agent works, so it has to be there: theirs where they have one. */
const needsClaudeCode = ({ AGENT, ANTHROPIC_API_KEY, CLAUDE_CODE_OAUTH_TOKEN, AGENT_COMMAND, PATH = "" }) =>
  AGENT !== "codex" &&
  Boolean(ANTHROPIC_API_KEY || CLAUDE_CODE_OAUTH_TOKEN) &&
  !AGENT_COMMAND &&
  !PATH.split(delimiter).some((folder) => existsSync(join(folder, "claude")));

await runScript(async () => {
  const signal = interruption();
  const { claudeCommand } = await ensureReady({ claudeCode: needsClaudeCode(process.env), signal });
  if (signal.aborted) return exitCodeOf(signal.reason);
  return runDemo(process.argv.slice(2), claudeCommand === null ? {} : { AGENT_COMMAND: claudeCommand });
});
