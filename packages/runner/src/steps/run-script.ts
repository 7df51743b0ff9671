import type { StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { type CommandResult, describeEnd } from "../process/run-command.ts";
import { findConfined } from "../repository/confined-file.ts";
import { runInside } from "../sandbox/run-inside.ts";
import { oneLine } from "../text/clip.ts";

/** Of a script's output, the end is kept: that is where it says what went wrong. In characters. */
export const maxScriptOutput = 18_000;
export const scriptTimeoutMs = 20 * 60_000;

export interface ScriptRun {
  /** The path, or the first words of the text. */
  readonly command: string;
  readonly result: CommandResult;
}

/**
 * Runs a script of `WORKFLOW.md`: a file of the repository where there is one by that name, else the text itself.
 * It is the repository owner's own; no word of a ticket is in it.
 * @throws StepFailure `setup-failed` for a file outside of the repository
 */
export const runScript = async (
  input: StepInput,
  step: "setup" | "verify" | "teardown",
  script: string,
): Promise<ScriptRun> => {
  const { workspace } = input.folders;
  const found = await findConfined(workspace, script);
  if (found.kind === "refused")
    throw new StepFailure(
      "setup-failed",
      `The script "${oneLine(script, 200)}" of WORKFLOW.md cannot be run: ${found.why}.`,
    );
  const result = await runInside(input.sandbox, {
    command: "bash",
    arguments: [
      "--noprofile",
      "--norc",
      "-euo",
      "pipefail",
      ...(found.kind === "file" ? [found.path] : ["-c", script]),
    ],
    directory: workspace,
    environment: input.environment,
    timeoutMs: scriptTimeoutMs,
    signal: input.signal,
    maxOutput: maxScriptOutput,
    keep: "tail",
  });
  const command = oneLine(script, 500);
  input.account.ran(ranCommand(step, command, result));
  return { command, result };
};

/** For the receipt. */
export const ranCommand = (step: string, command: string, { end, seconds }: CommandResult) => ({
  step,
  command,
  exitCode: end.kind === "exited" ? end.exitCode : null,
  seconds,
});

/** For the step's line: how it ended, and its last words. */
export const scriptDetail = ({ command, result }: ScriptRun): string =>
  `\`${command}\` ${describeEnd(result)} after ${result.seconds.toFixed(1)} s\n${result.output.trim()}`.trim();
