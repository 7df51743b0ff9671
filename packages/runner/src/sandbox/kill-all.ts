import { type Command, type CommandResult, runCommand, succeeded } from "../process/run-command.ts";
import type { AgentUser } from "./agent-user.ts";

/**
 * Signals all that the agent's user may signal, in one go, which no fork outruns.
 * @returns whether it was really done: who is killed or stopped before, has not done it
 */
export const killAllOf = async (user: AgentUser, path: string): Promise<boolean> =>
  (await killAsStranger(user, path)) || (await killAsUser(user, path));

/** Above the ids of the agents' users (`agentUserId`), and of nobody else either. */
const firstStranger = 0x60000000;
const strangers = 0x1fffffff;

/**
 * A process that is the agent's user in effect only may signal what is that user's, and none of that may signal it back:
 * kill(2) looks at the sender's effective user and at the receiver's real and saved ones. The looks before are for us,
 * because "all" would be the whole machine for root.
 */
const script = `
const { readFileSync } = require("node:fs");
const [stranger, user] = process.argv.slice(1).map(Number);
process.seteuid(user);
const isPowerless = /^CapEff:\\s+0+$/m.test(readFileSync("/proc/self/status", "utf8"));
if (process.getuid() !== stranger || process.geteuid() !== user || !isPowerless) process.exit(2);
try {
  process.kill(-1, "SIGKILL");
} catch (error) {
  if (error.code !== "ESRCH") throw error;
}
`;

const killAsStranger = async ({ uid }: AgentUser, path: string): Promise<boolean> => {
  const stranger = firstStranger + (uid & strangers);
  const killed = await run(path, "setpriv", [
    `--ruid=${stranger}`,
    "--euid=0",
    "--",
    process.execPath,
    "-e",
    script,
    String(stranger),
    String(uid),
  ]);
  return succeeded(killed);
};

/** Where that user does not exist (few ids are mapped) or may not be root in effect: the agent could end this one first. */
const killAsUser = async ({ enterBeyondLimits }: AgentUser, path: string): Promise<boolean> => {
  const { command, arguments: args } = enterBeyondLimits({ command: "sh", arguments: ["-c", "kill -9 -1"] });
  // 1: there was nobody to signal.
  const { end } = await run(path, command, args);
  return end.kind === "exited" && end.exitCode <= 1;
};

const run = (path: string, command: string, args: Command["arguments"]): Promise<CommandResult> =>
  runCommand({
    command,
    arguments: args,
    directory: "/",
    environment: { PATH: path },
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    maxOutput: 1_000,
    keep: "head",
  });
