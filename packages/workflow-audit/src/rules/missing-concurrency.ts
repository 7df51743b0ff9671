import type { Rule } from "../finding.ts";
import { at } from "../syntax/tree.ts";
import { triggerLine } from "../workflow/triggers.ts";

/** A dispatch can happen twice; two agents on one ticket undo each other's work. */
export const missingConcurrency: Rule = {
  id: "missing-concurrency",
  check: (workflow) => {
    const { root, jobs, triggers } = workflow;
    const event = ["workflow_dispatch", "repository_dispatch"].find((name) => triggers.has(name));
    if (event === undefined || at(root, "concurrency") !== undefined) return [];
    if (jobs.length > 0 && jobs.every(({ node }) => at(node, "concurrency") !== undefined)) return [];
    return [
      {
        line: triggerLine(workflow, event),
        message: "Two dispatches of the same thing run side by side.",
        fix: "Set `concurrency` with a group per thing that is worked on.",
      },
    ];
  },
};
