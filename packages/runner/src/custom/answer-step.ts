import type { StepInput } from "../pipeline/step.ts";
import { type CommandResult, runCommand } from "../process/run-command.ts";
import { findConfined } from "../repository/confined-file.ts";
import { oneLine } from "../text/clip.ts";
import type { CommandOutcome } from "./custom-step.ts";
import type { Question } from "./step-thread.ts";

const maxOutput = 18_000;
const maxFileBytes = 1024 * 1024;
/** A step has a limit of its own, and its end is the end of what it runs. */
const longestMs = 6 * 60 * 60_000;

/** What a custom step asks for. Whatever it is, it happens inside the sandbox: the checkout is the agent's by now (§11.3). */
export const answerStep = async (
  question: Question,
  input: StepInput,
  step: string,
  ended: AbortSignal,
): Promise<CommandOutcome | string | null> => {
  switch (question.kind) {
    case "run": {
      const result = await runInside(input, question.command, question.parameters, ended, maxOutput);
      const exitCode = exitCodeOf(result);
      input.account.ran({
        step: oneLine(step, 200),
        command: oneLine(input.redact([question.command, ...question.parameters].join(" ")), 500),
        exitCode,
        seconds: result.seconds,
      });
      return { exitCode, output: result.output };
    }
    case "read-file": {
      const found = await findConfined(input.folders.workspace, question.path);
      if (found.kind !== "file") return null;
      // Read from inside: between the look and the reading, what is left of the agent could put a link in its place.
      const size = `--bytes=${maxFileBytes + 1}`;
      const result = await runInside(input, "head", [size, "--", found.path], ended, maxFileBytes + 1);
      return exitCodeOf(result) === 0 && Buffer.byteLength(result.stdout) <= maxFileBytes
        ? result.stdout
        : null;
    }
  }
};

const runInside = async (
  { sandbox, environment, folders }: StepInput,
  command: string,
  parameters: readonly string[],
  ended: AbortSignal,
  limit: number,
): Promise<CommandResult> => {
  const result = await runCommand({
    ...sandbox.enter({ command, arguments: parameters }),
    directory: folders.workspace,
    environment: { ...environment, ...sandbox.variables },
    timeoutMs: longestMs,
    signal: ended,
    maxOutput: limit,
    keep: "tail",
  });
  await sandbox.endAll();
  return result;
};

const exitCodeOf = ({ end }: CommandResult): number | null => (end.kind === "exited" ? end.exitCode : null);
