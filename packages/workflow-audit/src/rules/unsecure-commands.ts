import type { Rule } from "../finding.ts";
import { at, entriesOf } from "../syntax/tree.ts";
import { allSteps } from "../workflow/workflow.ts";

const variable = "ACTIONS_ALLOW_UNSECURE_COMMANDS";

/** Commands that set variables from the output let everything that is printed set variables. */
export const unsecureCommands: Rule = {
  id: "unsecure-commands",
  check: (workflow) => [
    ...[
      workflow.root,
      ...workflow.jobs.map(({ node }) => node),
      ...allSteps(workflow).map(({ node }) => node),
    ]
      .flatMap((node) => entriesOf(at(node, "env")))
      .filter(({ key, value }) => key.toUpperCase() === variable && !isFalse(value))
      .map(({ line }) => ({
        line,
        message: `${variable} lets whatever is printed set environment variables.`,
        fix: "Leave it out, and write to the file $GITHUB_ENV or $GITHUB_PATH.",
      })),
    ...allSteps(workflow).flatMap(({ run }) =>
      run !== undefined &&
      (/::(set-env|add-path|set-output|save-state)\b/.test(run.text) || run.text.includes(variable))
        ? [
            {
              line: run.line,
              message: "The script uses a command that GitHub has given up because output can forge it.",
              fix: "Write to the file $GITHUB_OUTPUT, $GITHUB_STATE, $GITHUB_ENV or $GITHUB_PATH.",
            },
          ]
        : [],
    ),
  ],
};

const isFalse = (value: ReturnType<typeof entriesOf>[number]["value"]): boolean =>
  value.kind === "scalar" && /^(false|0|)$/i.test(value.text);
