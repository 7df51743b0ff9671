import type { Rule } from "../finding.ts";
import { createTaint } from "../taint/taint.ts";

/** A line break in what a stranger wrote makes a second variable: `LD_PRELOAD` for one. */
export const environmentFileWrite: Rule = {
  id: "environment-file-write",
  check: (workflow) => {
    const taint = createTaint(workflow);
    return workflow.jobs.flatMap((job) =>
      job.steps.flatMap((step) => {
        const { run } = step;
        const place = { job, step };
        if (run === undefined || !/\bGITHUB_(ENV|PATH)\b/.test(run.text)) return [];
        const source = taint.ofNode(run, place) ?? [...taint.ofScript(step, place).values()][0];
        if (source === undefined) return [];
        return [
          {
            line: run.line,
            message: `A script that reads ${source} writes variables for all later steps.`,
            fix: "Check the value in one step, write it to $GITHUB_OUTPUT, and read the output where it is needed.",
          },
        ];
      }),
    );
  },
};
