#!/usr/bin/env node
/**
 * The real Claude Code CLI for the tests and the demo. It is proprietary: it is installed from npm on the machine
 * that needs it, into a folder that git ignores, and is never committed, bundled or shipped with this project.
 */
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The version that npm chooses on Node 20; the adapter is tested against exactly this one. */
const claudeCodeVersion = "2.1.197";

const installTimeoutMs = 5 * 60_000;
const versionTimeoutMs = 30_000;
const tools = join(import.meta.dirname, "..", ".tools");
const installed = join(tools, "claude-code");

const commandIn = (folder) => join(folder, "node_modules", ".bin", "claude");

/**
 * Installs the CLI once and returns the absolute path of its command. Safe to call from several processes: each
 * installs into a folder of its own, the first rename wins, and the others use what it left.
 */
export const ensureClaudeCode = async () => {
  if (await works(commandIn(installed))) return commandIn(installed);
  await mkdir(tools, { recursive: true });
  const fresh = await mkdtemp(join(tools, "claude-code-"));
  try {
    await install(fresh);
    // mkdtemp's 0700 would keep the agent's own user from running it.
    await chmod(fresh, 0o755);
    await publish(fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  if (await works(commandIn(installed))) return commandIn(installed);
  throw new Error(`${commandIn(installed)} does not run. Delete ${installed} and try again.`);
};

const works = async (command) => {
  try {
    const { stdout } = await run(command, ["--version"], { timeout: versionTimeoutMs });
    return stdout.startsWith(`${claudeCodeVersion} `);
  } catch {
    // Absent, half-written or of another architecture: all of them mean the same, install it.
    return false;
  }
};

const install = async (folder) => {
  // A package.json of its own keeps npm from looking upwards and finding our workspaces.
  await writeFile(join(folder, "package.json"), '{"private":true}\n');
  const packageName = `@anthropic-ai/claude-code@${claudeCodeVersion}`;
  const options = { cwd: folder, timeout: installTimeoutMs };
  try {
    await run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", packageName], options);
  } catch (error) {
    const said = `${error.stderr ?? ""}`.trim() || error.message;
    throw new Error(`npm could not install ${packageName}; check the network and the npm registry. ${said}`, {
      cause: error,
    });
  }
};

const publish = async (fresh) => {
  try {
    await rename(fresh, installed);
  } catch (error) {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    // Someone else was first, or a damaged copy is in the way: only the damaged one gives place.
    if (await works(commandIn(installed))) return;
    await rm(installed, { recursive: true, force: true });
    await rename(fresh, installed);
  }
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${await ensureClaudeCode()}\n`);
}
