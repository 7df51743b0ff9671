import { required } from "../pipeline/facts.ts";
import type { Step } from "../pipeline/step.ts";
import { describeEnd, succeeded } from "../process/run-command.ts";
import { runScript, scriptDetail } from "./run-script.ts";

/** The repository's own check. What it says goes into the report; it does not end the run (§10.1). */
export const verify: Step = {
  essential: false,
  run: async (input) => {
    const { verify: script } = required(input.facts.workflow, "clone");
    if (script === undefined) return { status: "skipped", detail: "WORKFLOW.md names no verify" };
    const run = await runScript(input, script);
    const { end, output, seconds } = run.result;
    const exitCode = end.kind === "exited" ? end.exitCode : null;
    return {
      status: succeeded(run.result) ? "succeeded" : "failed",
      detail: scriptDetail(run),
      facts: {
        verification: {
          command: run.command,
          exitCode,
          seconds,
          output: exitCode === null ? `${output}\n${describeEnd(run.result)}`.trim() : output,
        },
      },
    };
  },
};
