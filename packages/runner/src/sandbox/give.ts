import { runCommand, succeeded } from "../process/run-command.ts";
import type { AgentUser } from "./agent-user.ts";

const timeoutMs = 5 * 60_000;

/**
 * Hands a folder over. None of the user's processes may run meanwhile.
 * @throws Error where it holds a second name of somebody else's file, which could be any file of the machine
 */
export const giveFolder = async (folder: string, { uid, gid }: AgentUser, path: string): Promise<void> => {
  const others = ["-type", "f", "-links", "+1", "!", "-uid", String(uid)];
  const linked = await run("find", [folder, "-xdev", ...others, "-print", "-quit"], path);
  if (linked !== "")
    throw new Error(
      `${linked.trim()} has another name outside of ${folder}, so it cannot be given to the agent.`,
    );
  // -P: no link is followed; -h: a link itself changes hands, not what it names.
  await run("chown", ["-R", "-P", "-h", `${uid}:${gid}`, "--", folder], path);
};

const run = async (command: string, args: readonly string[], path: string): Promise<string> => {
  const result = await runCommand({
    command,
    arguments: args,
    directory: "/",
    environment: { PATH: path, LANG: "C.UTF-8" },
    timeoutMs,
    signal: new AbortController().signal,
    maxOutput: 10_000,
    keep: "head",
  });
  if (succeeded(result)) return result.stdout;
  throw new Error(`${command} could not give the agent its folder: ${result.stderr.trim().slice(0, 500)}`);
};
