import { conditionOf } from "../syntax/embedded.ts";
import { type Expression, partsOf, pathsOf } from "../syntax/expression.ts";
import type { ScalarNode } from "../syntax/tree.ts";
import type { Job, Step, Workflow } from "./workflow.ts";

const trusted = ["OWNER", "MEMBER", "COLLABORATOR"];
const associations = [
  ...trusted,
  "CONTRIBUTOR",
  "FIRST_TIMER",
  "FIRST_TIME_CONTRIBUTOR",
  "MANNEQUIN",
  "NONE",
];

/** Whether the job, the step, or a job that it waits for runs only for people who may write here. */
export const checksAuthor = (workflow: Workflow, job: Job, step?: Step): boolean =>
  [step?.condition, ...conditionsOfChain(workflow, job)].some(isAuthorCheck);

const conditionsOfChain = ({ jobs }: Workflow, job: Job): readonly (ScalarNode | undefined)[] => {
  const chain = new Set([job]);
  // A set is walked in order, what is added on the way included.
  for (const { needs } of chain)
    for (const needed of jobs.filter(({ id }) => needs.includes(id))) chain.add(needed);
  return [...chain].map(({ condition }) => condition);
};

const isAuthorCheck = (condition: ScalarNode | undefined): boolean => {
  const expression = condition === undefined ? null : conditionOf(condition);
  return expression !== null && demands(expression);
};

/** True only where the expression cannot hold without the check. */
const demands = (expression: Expression): boolean => {
  if (expression.kind === "binary") {
    const { operator, left, right } = expression;
    if (operator === "&&") return demands(left) || demands(right);
    if (operator === "||") return demands(left) && demands(right);
    return operator === "==" && (comparesAuthor(expression) || comparesRepository(expression));
  }
  return expression.kind === "call" && expression.name === "contains" && comparesAuthor(expression);
};

const comparesAuthor = (expression: Expression): boolean => {
  const reads = pathsOf(expression).some((path) => path.at(-1) === "author_association");
  const named = associationsIn(expression);
  return reads && named.length > 0 && named.every((association) => trusted.includes(association));
};

const associationsIn = (expression: Expression): readonly string[] =>
  partsOf(expression).flatMap((part) =>
    part.kind === "literal" && typeof part.value === "string"
      ? (part.value.toUpperCase().match(/[A-Z_]+/g) ?? []).filter((word) => associations.includes(word))
      : [],
  );

/** The head lies in this repository, so who pushed it may write here. */
const comparesRepository = (expression: Expression): boolean => {
  const paths = pathsOf(expression).map((path) => path.join("."));
  return (
    paths.includes("github.repository") &&
    paths.some((path) => /\.(head\.repo|head_repository)\.full_name$/.test(path))
  );
};
