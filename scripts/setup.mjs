/** Brings a fresh clone to the point where it can run: dependencies, programs, and for tests the real agent. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand, secondsSince } from "./run-command.mjs";

const root = join(import.meta.dirname, "..");
const stamp = join(root, "node_modules/.ai-implement-lock");
const oldestNode = [20, 19];
/** better-sqlite3 is compiled where no prebuilt binary can be fetched. */
const installTimeoutMs = 15 * 60_000;

/** A reason for the person at the terminal to act; printed without a stack. */
class SetupError extends Error {
  name = "SetupError";
}

/**
 * Does only what is missing and prints one line per thing done.
 * @param {{claudeCode?: boolean, signal?: AbortSignal}} options `claudeCode`: install the agent CLI as well
 * @throws {SetupError} with the fix
 * @returns {Promise<{claudeCommand: string | null}>}
 */
export const ensureReady = async ({ claudeCode = false, signal } = {}) => {
  requireNode();
  await requireGit();
  await installDependencies(signal);
  await stage("build", async () => {
    const { buildPrograms } = await import("./build.mjs");
    await buildPrograms();
  });
  if (!claudeCode) return { claudeCommand: null };
  let claudeCommand = null;
  await stage("Claude Code", async () => {
    const { ensureClaudeCode } = await import("./claude-code.mjs");
    claudeCommand = await ensureClaudeCode();
  });
  return { claudeCommand };
};

/** Runs `main` and prints its {@link SetupError} as one message instead of a stack. */
export const runScript = async (main) => {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
};

const requireNode = () => {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = oldestNode;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new SetupError(
    `AI-Implement needs Node.js ${oldestNode.join(".")} or newer; this is ${process.version}. Install it from https://nodejs.org.`,
  );
};

const requireGit = async () => {
  const { code } = await runCommand("git", ["--version"], { cwd: root, timeoutMs: 10_000 });
  if (code !== 0)
    throw new SetupError(
      "AI-Implement needs git on PATH. Install it from https://git-scm.com or your package manager.",
    );
};

/** The stamp says which lock file the installed packages come from: a date would lie after a checkout. */
const installDependencies = async (signal) => {
  const lock = await readFile(join(root, "package-lock.json"));
  const wanted = createHash("sha256").update(lock).digest("hex");
  if (existsSync(stamp) && (await readFile(stamp, "utf8")).trim() === wanted) return;
  await stage("install (npm ci, once; a minute or more)", async () => {
    const { code, output, timedOut } = await npm(["ci"], signal);
    if (signal?.aborted) throw new SetupError("Stopped while the dependencies were being installed.");
    if (code !== 0)
      throw new SetupError(
        `${output}\nnpm ${timedOut ? "did not end in time" : "failed"}: check the network and the npm registry, then try again.`,
      );
    await writeFile(stamp, `${wanted}\n`);
  });
};

const npm = (args, signal) => runCommand("npm", args, { cwd: root, timeoutMs: installTimeoutMs, signal });

const stage = async (name, work) => {
  const begin = performance.now();
  process.stderr.write(`${name} …`);
  try {
    await work();
    process.stderr.write(` ${secondsSince(begin)}\n`);
  } catch (error) {
    process.stderr.write("\n");
    throw error;
  }
};
