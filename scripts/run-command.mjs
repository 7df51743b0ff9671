/** Child processes for the scripts: each has a time limit, and none outlives an interrupted script. */
import { spawn } from "node:child_process";

/** Between asking a process group to end and making it. */
const graceMs = 5_000;

/**
 * @typedef {object} Outcome
 * @property {number} code exit code; 128 + n for a signal, 124 for the time limit, 127 when it cannot be started
 * @property {string} output standard output and error, the last `keptCharacters` of them, unless `inherit`
 * @property {boolean} timedOut
 */

/** How much of a program's output is kept for the case that it fails. */
const keptCharacters = 200_000;

/**
 * Runs a program in a process group of its own and ends the whole group when its time is up or `signal` aborts.
 * Never rejects.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd: string, timeoutMs: number, signal?: AbortSignal, inherit?: boolean, env?: NodeJS.ProcessEnv}} options
 * @returns {Promise<Outcome>}
 */
export const runCommand = (command, args, { cwd, timeoutMs, signal, inherit = false, env = process.env }) =>
  new Promise((resolve) => {
    const stdio = inherit ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"];
    const child = spawn(command, args, { cwd, env, stdio, detached: true });
    let output = "";
    let timedOut = false;
    let killTimer;
    const keep = (chunk) => {
      output = (output + chunk).slice(-keptCharacters);
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);

    const killGroup = (name) => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, name);
      } catch {
        // The group is gone already: that is what was wanted.
      }
    };
    const end = () => {
      killGroup("SIGTERM");
      killTimer ??= setTimeout(() => killGroup("SIGKILL"), graceMs);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timeoutMs);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();

    const settle = (code) => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      signal?.removeEventListener("abort", end);
      // What the program left in the background goes with it.
      killGroup("SIGKILL");
      resolve({ code: timedOut ? 124 : code, output, timedOut });
    };
    child.once("error", (error) => {
      keep(`${command} cannot be started: ${error.message}\n`);
      settle(127);
    });
    // `exit` and not `close`: a background process may hold the pipes open for ever.
    child.once("exit", (code, name) => setTimeout(() => settle(code ?? exitCodeOf(name)), 50));
  });

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** The shell's convention for a program that a signal ended. */
export const exitCodeOf = (signalName) => 128 + (signalNumbers[signalName] ?? 1);

/** Aborted by the first SIGINT, SIGTERM or SIGHUP; further ones change nothing. */
export const interruption = () => {
  const controller = new AbortController();
  for (const name of Object.keys(signalNumbers).filter((key) => key !== "SIGKILL"))
    process.on(name, () => controller.abort(name));
  return controller.signal;
};

export const secondsSince = (begin) => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
