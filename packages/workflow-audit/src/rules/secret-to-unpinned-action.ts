import type { Rule } from "../finding.ts";
import { embeddedIn } from "../syntax/embedded.ts";
import { pathsOf } from "../syntax/expression.ts";
import { type Node, scalarsBelow } from "../syntax/tree.ts";
import { allSteps } from "../workflow/workflow.ts";
import { isPinned } from "./unpinned-action.ts";

/** Whoever can change the action can take the secret. */
export const secretToUnpinnedAction: Rule = {
  id: "secret-to-unpinned-action",
  check: (workflow) =>
    [...allSteps(workflow), ...workflow.jobs].flatMap(({ uses, node }) => {
      if (uses === undefined || isPinned(uses.text) || !holdsSecret(node)) return [];
      return [
        {
          line: uses.line,
          message: `${uses.text} gets a secret, and what it is can be changed at any time.`,
          fix: "Name the full commit of what gets a secret.",
        },
      ];
    }),
};

const holdsSecret = (node: Node): boolean =>
  scalarsBelow(node)
    .flatMap(embeddedIn)
    .some(
      ({ expression }) =>
        expression !== null &&
        pathsOf(expression).some(
          ([context, name]) => context === "secrets" || (context === "github" && name === "token"),
        ),
    );
