import type { Problem, Rule } from "../finding.ts";
import { conditionOf, embeddedIn } from "../syntax/embedded.ts";
import { type Expression, partsOf, pathsOf } from "../syntax/expression.ts";
import type { ScalarNode } from "../syntax/tree.ts";
import { allSteps, type Job } from "../workflow/workflow.ts";

/** A condition that always holds is no check. */
export const constantCondition: Rule = {
  id: "constant-condition",
  check: (workflow) => [
    ...[...allSteps(workflow), ...workflow.jobs].flatMap(({ condition }) =>
      condition === undefined ? [] : problemsOf(condition),
    ),
    ...workflow.jobs.flatMap(withoutItsNeeds),
  ],
};

const problemsOf = (condition: ScalarNode): readonly Problem[] => {
  const embedded = embeddedIn(condition);
  // With anything around it, a line break at the end included, the whole is a text, and a text that is not empty is true.
  if (embedded.length > 0 && embedded[0]?.text !== condition.text)
    return [
      {
        line: condition.line,
        message: "This is a text around an expression, and a text is always true.",
        fix: "Write the whole condition as one expression, without braces or with one pair around all of it.",
      },
    ];
  const expression = conditionOf(condition);
  if (expression === null || !alwaysHolds(expression)) return [];
  return [
    {
      line: condition.line,
      message: "This condition always holds.",
      fix: "Leave it out, or write the condition that was meant.",
    },
  ];
};

/** `always()` alone is a way to say "clean up"; beside something else it takes the meaning from it. */
const alwaysHolds = (expression: Expression): boolean => {
  if (expression.kind === "binary" && expression.operator === "||")
    return [expression.left, expression.right].some((side) => alwaysHolds(side) || isAlways(side));
  return isTrue(expression);
};

const isAlways = (expression: Expression): boolean =>
  expression.kind === "call" && expression.name === "always";

const isTrue = (expression: Expression): boolean => {
  switch (expression.kind) {
    case "literal":
      return Boolean(expression.value);
    case "not":
      return expression.operand.kind === "literal" && !expression.operand.value;
    case "binary": {
      const { operator, left, right } = expression;
      if (operator === "&&") return isTrue(left) && isTrue(right);
      return (
        operator === "==" && left.kind === "literal" && right.kind === "literal" && left.value === right.value
      );
    }
    case "reference":
    case "call":
    case "access":
      return false;
  }
};

/** `always()` and `!cancelled()` at a job let it run although what it waits for has failed. */
const withoutItsNeeds = ({ id, condition, needs }: Job): readonly Problem[] => {
  const expression = condition === undefined ? null : conditionOf(condition);
  if (condition === undefined || expression === null || needs.length === 0) return [];
  const overrides = partsOf(expression).some(
    (part) => part.kind === "call" && ["always", "cancelled"].includes(part.name),
  );
  const looksAt = pathsOf(expression).some((path) => path[0] === "needs" && path.at(-1) === "result");
  if (!overrides || looksAt) return [];
  return [
    {
      line: condition.line,
      message: `The job ${id} runs although a job that it waits for has failed.`,
      fix: "Let the condition also demand needs.<job>.result == 'success'.",
    },
  ];
};
