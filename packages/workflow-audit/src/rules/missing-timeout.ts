import type { Rule } from "../finding.ts";
import { at } from "../syntax/tree.ts";

/** Without a limit of its own a job that hangs costs six hours. */
export const missingTimeout: Rule = {
  id: "missing-timeout",
  check: ({ jobs }) =>
    jobs
      .filter(({ uses, node }) => uses === undefined && at(node, "timeout-minutes") === undefined)
      .map(({ id, line }) => ({
        line,
        message: `The job ${id} has no time limit.`,
        fix: "Set `timeout-minutes`.",
      })),
};
