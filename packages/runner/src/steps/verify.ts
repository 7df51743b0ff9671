import { required } from "../pipeline/facts.ts";
import type { Step } from "../pipeline/step.ts";
import { type CommandResult, describeEnd, succeeded } from "../process/run-command.ts";
import { runScript, scriptDetail } from "./run-script.ts";

/** The repository's own check. What it says goes into the report; it does not end the run (§10.1). */
export const verify: Step = {
  essential: false,
  run: async (input) => {
    const { verify: script } = required(input.facts.workflow, "clone");
    if (script === undefined) return { status: "skipped", detail: "WORKFLOW.md names no verify" };
    const run = await runScript(input, "verify", script);
    const { end, output, seconds } = run.result;
    const exitCode = end.kind === "exited" ? end.exitCode : null;
    return {
      status: succeeded(run.result) ? "succeeded" : "failed",
      input: run.command,
      detail: scriptDetail(run),
      facts: {
        verification: {
          command: run.command,
          exitCode,
          seconds,
          output: exitCode === null ? `${output}\n${whyUnfinished(run.result)}`.trim() : output,
        },
      },
    };
  },
};

/** A run is stopped when its time is up, or by whoever asked for it: then nobody reads this. */
const whyUnfinished = (result: CommandResult): string =>
  result.end.kind === "stopped"
    ? "It had not ended when the run had to: make it quicker, or raise maxJobMinutes of the project."
    : `It ${describeEnd(result)}.`;
