#!/usr/bin/env node
/**
 * The real Codex CLI for the tests of its adapter. It is about 400 MB, so nothing installs it unasked: run this file,
 * and the tests find it from then on. It lies in a folder that git ignores and is never shipped with this project.
 */
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The adapter is tested against exactly this one. */
const codexVersion = "0.169.0";

const installTimeoutMs = 10 * 60_000;
const versionTimeoutMs = 30_000;
const tools = join(import.meta.dirname, "..", ".tools");
const installed = join(tools, "codex");

const commandIn = (folder) => join(folder, "node_modules", ".bin", "codex");

/** Installs the CLI once and returns the absolute path of its command. */
export const ensureCodex = async () => {
  if (await works(commandIn(installed))) return commandIn(installed);
  await mkdir(tools, { recursive: true });
  const fresh = await mkdtemp(join(tools, "codex-"));
  try {
    await install(fresh);
    // mkdtemp's 0700 would keep the agent's own user from running it.
    await chmod(fresh, 0o755);
    await rm(installed, { recursive: true, force: true });
    await rename(fresh, installed);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  if (await works(commandIn(installed))) return commandIn(installed);
  throw new Error(`${commandIn(installed)} does not run. Delete ${installed} and try again.`);
};

const works = async (command) => {
  try {
    const { stdout } = await run(command, ["--version"], { timeout: versionTimeoutMs });
    return stdout.includes(` ${codexVersion}`);
  } catch {
    // Absent, half-written or of another architecture: all of them mean the same, install it.
    return false;
  }
};

const install = async (folder) => {
  // A package.json of its own keeps npm from looking upwards and finding our workspaces.
  await writeFile(join(folder, "package.json"), '{"private":true}\n');
  const packageName = `@openai/codex@${codexVersion}`;
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${await ensureCodex()}\n`);
}
