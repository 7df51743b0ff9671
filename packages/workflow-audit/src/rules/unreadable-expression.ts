import type { Rule } from "../finding.ts";
import { expressionsOf } from "../syntax/embedded.ts";
import { scalarsBelow } from "../syntax/tree.ts";

/** What cannot be read cannot be audited; GitHub refuses it too. */
export const unreadableExpression: Rule = {
  id: "unreadable-expression",
  check: ({ root }) =>
    scalarsBelow(root)
      .flatMap((node) => expressionsOf(node, false))
      .filter(({ expression }) => expression === null)
      .map(({ text, line }) => ({
        line,
        message: `${text.slice(0, 80)} is not an expression.`,
        fix: "Mend it; see GitHub's reference of expressions.",
      })),
};
