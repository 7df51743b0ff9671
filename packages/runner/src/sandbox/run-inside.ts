import { type Command, type CommandResult, runCommand } from "../process/run-command.ts";
import type { Sandbox } from "./sandbox.ts";

/** Runs a command inside. What it leaves in the background does not outlive it, wherever it went. Never rejects for what the command does. */
export const runInside = async (sandbox: Sandbox, command: Command): Promise<CommandResult> => {
  const result = await startInside(sandbox, command);
  await sandbox.endAll();
  return result;
};

/** The same beside others that go on: nothing but its own process group is ended. */
export const startInside = async (sandbox: Sandbox, command: Command): Promise<CommandResult> => {
  const program = sandbox.enter({ command: command.command, arguments: command.arguments });
  const result = await runCommand({ ...command, ...program });
  const why = result.end.kind === "exited" ? notStartedInside(result.end.exitCode, result.stderr) : null;
  return why === null ? result : { ...result, end: { kind: "not-started", message: why } };
};

/** Why the program itself was never started, where whoever was to start it says so; null when it was. */
export const notStartedInside = (exitCode: number, stderr: string): string | null => {
  // 126: it may not be executed. 127: there is none.
  if (exitCode !== 126 && exitCode !== 127) return null;
  const why = /^setpriv: failed to execute .*: (.*)$/m.exec(stderr)?.[1];
  if (why === undefined) return null;
  return why.startsWith("No such file") ? "ENOENT" : why;
};
