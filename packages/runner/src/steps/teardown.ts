import type { Step } from "../pipeline/step.ts";
import { succeeded } from "../process/run-command.ts";
import { runScript, scriptDetail } from "./run-script.ts";

/** Runs however the others ended, as soon as there is a repository to name it. */
export const teardown: Step = {
  essential: false,
  run: async (input) => {
    const script = input.facts.workflow?.teardown;
    if (script === undefined) return { status: "skipped", detail: "no teardown is named" };
    const run = await runScript(input, "teardown", script);
    return {
      status: succeeded(run.result) ? "succeeded" : "failed",
      input: run.command,
      detail: scriptDetail(run),
    };
  },
};
