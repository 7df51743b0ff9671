import { required } from "../pipeline/facts.ts";
import type { Step } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { succeeded } from "../process/run-command.ts";
import { refusedHosts } from "../sandbox/refused-hosts.ts";
import { runScript, scriptDetail } from "./run-script.ts";

export const setup: Step = {
  essential: true,
  run: async (input) => {
    const { setup: script } = required(input.facts.workflow, "clone");
    if (script === undefined) return { status: "skipped", detail: "WORKFLOW.md names no setup" };
    const run = await runScript(input, "setup", script);
    if (!succeeded(run.result))
      throw new StepFailure(
        "setup-failed",
        `${refusedHosts(input.sandbox)}The setup script of WORKFLOW.md failed: ${scriptDetail(run)}`,
      );
    return { status: "succeeded", input: run.command, detail: scriptDetail(run) };
  },
};
