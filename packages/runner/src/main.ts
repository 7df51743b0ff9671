import { createAgent } from "./agent/registry.ts";
import { runClaimMode } from "./claim-mode.ts";
import { parseCommandLine } from "./command-line.ts";
import type { RunnerDependencies } from "./dependencies.ts";
import { runDetachedMode } from "./detached-mode.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { helpText } from "./help.ts";
import { runLocalMode } from "./local-mode.ts";
import { createStop } from "./pipeline/stop.ts";
import { toLogLine } from "./text/log-line.ts";
import { UsageError } from "./usage-error.ts";

const main = async (): Promise<ExitCode> => {
  const commandLine = parseCommandLine(process.argv.slice(2), process.env);
  const stop = createStop();
  for (const name of ["SIGTERM", "SIGINT"] as const)
    process.once(name, () => stop.stop({ kind: "signal", name }));
  const dependencies: RunnerDependencies = {
    createAgent,
    path: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    stop,
    log: (line) => process.stderr.write(`${toLogLine(line)}\n`),
  };
  switch (commandLine.kind) {
    case "help":
      process.stdout.write(helpText);
      return exitCodes.done;
    case "claim":
      return runClaimMode(commandLine.settings, dependencies);
    case "detached":
      return runDetachedMode(commandLine.settings, dependencies);
    case "local":
      return runLocalMode(commandLine.settings, dependencies, (line) => process.stdout.write(`${line}\n`));
  }
};

try {
  // At once: nothing that was left open, such as an idle connection, may keep an ended attempt alive.
  process.exit(await main());
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${toLogLine(`ai-implement runner: ${error.message}`)}\n`);
  process.exit(exitCodes.usage);
}
