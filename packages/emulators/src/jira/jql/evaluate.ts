import type { JiraIssue } from "../model.ts";
import { findField } from "./find-field.ts";
import type { Comparable, SearchField, SearchSite } from "./search-field.ts";
import type { JqlClause, JqlCondition, JqlOperand, JqlOperator } from "./syntax.ts";
import { textMatches } from "./words.ts";

export type Predicate = (issue: JiraIssue) => boolean;

export type Evaluated =
  | { readonly kind: "predicate"; readonly test: Predicate }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/**
 * A condition as a test of issues. Jira pushes NOT down to the operators (its documentation: `NOT field = value` is
 * `field != value`), and a negated operator leaves out issues that have no value in the field; so does this.
 */
export const evaluate = (site: SearchSite, condition: JqlCondition, negated = false): Evaluated => {
  switch (condition.kind) {
    case "not":
      return evaluate(site, condition.condition, !negated);
    case "and":
    case "or": {
      const parts = condition.conditions.map((one) => evaluate(site, one, negated));
      const problems = parts.flatMap((part) => (part.kind === "problems" ? part.problems : []));
      if (problems.length > 0) return { kind: "problems", problems: [...new Set(problems)] };
      const tests = parts.flatMap((part) => (part.kind === "predicate" ? [part.test] : []));
      return (condition.kind === "and") !== negated
        ? predicate((issue) => tests.every((test) => test(issue)))
        : predicate((issue) => tests.some((test) => test(issue)));
    }
    case "clause":
      return evaluateClause(site, condition, negated);
  }
};

const predicate = (test: Predicate): Evaluated => ({ kind: "predicate", test });
const problems = (...sentences: readonly string[]): Evaluated => ({ kind: "problems", problems: sentences });

const negations: Readonly<Partial<Record<JqlOperator, JqlOperator>>> = {
  "=": "!=",
  "!=": "=",
  in: "not in",
  "not in": "in",
  "~": "!~",
  "!~": "~",
  is: "is not",
  "is not": "is",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};

const evaluateClause = (site: SearchSite, clause: JqlClause, negated: boolean): Evaluated => {
  const found = findField(site, clause.field);
  if (found.kind === "problem") return problems(found.problem);
  const { field } = found;
  const { operator, operand } = clause;
  const opposite = negations[operator];
  if (opposite === undefined || operand === null)
    return problems(`The emulator does not evaluate the operator '${operator}' of field '${field.name}'.`);
  if (!field.operators.includes(operator))
    return problems(`The operator '${operator}' is not supported by the '${field.name}' field.`);
  // The grammar itself refuses a list after '=', a single value after 'in' and anything but EMPTY after 'is'.
  if (operand.kind === "empty" && (operator === "~" || operator === "!~"))
    return problems(
      `The field '${field.name}' does not support searching for an empty value with the operator '${operator}'.`,
    );
  const operands = operand.kind === "list" ? operand.values : [operand];
  const resolved = operands.map((one) => resolveOperand(field, one));
  const wrong = resolved.flatMap((one) => (one.kind === "problem" ? [one.problem] : []));
  if (wrong.length > 0) return problems(...wrong);
  const wanted = resolved.flatMap((one) => (one.kind === "value" ? [one.value] : []));
  const empty = resolved.some(({ kind }) => kind === "empty");
  const test = clauseTest(negated ? opposite : operator, { wanted, empty });
  return predicate((issue) => test(field.values(issue)));
};

const resolveOperand = (field: SearchField, operand: JqlOperand) => {
  switch (operand.kind) {
    case "value":
      return field.resolve(operand.value);
    case "empty":
      return { kind: "empty" } as const;
    case "function":
      return {
        kind: "problem",
        problem: `The emulator does not evaluate the function '${operand.name}()'.`,
      } as const;
    case "list":
      return { kind: "problem", problem: `Field '${field.name}' does not take a list in a list.` } as const;
  }
};

interface Wanted {
  readonly wanted: readonly Comparable[];
  /** EMPTY is among the operands. */
  readonly empty: boolean;
}

type ValuesTest = (values: readonly Comparable[]) => boolean;

const clauseTest = (operator: JqlOperator, { wanted, empty }: Wanted): ValuesTest => {
  const [first = ""] = wanted;
  const among: ValuesTest = (values) =>
    (empty && values.length === 0) || values.some((one) => wanted.includes(one));
  const like: ValuesTest = (values) => values.some((one) => textMatches(String(first), String(one)));
  const present =
    (test: ValuesTest): ValuesTest =>
    (values) =>
      values.length > 0 && !test(values);
  switch (operator) {
    case "=":
    case "in":
    case "is":
      return among;
    case "!=":
    case "not in":
    case "is not":
      return present(among);
    case "~":
      return like;
    case "!~":
      return present(like);
    case "<":
      return (values) => values.some((one) => one < first);
    case "<=":
      return (values) => values.some((one) => one <= first);
    case ">":
      return (values) => values.some((one) => one > first);
    case ">=":
      return (values) => values.some((one) => one >= first);
    case "was":
    case "was not":
    case "was in":
    case "was not in":
    case "changed":
      throw new TypeError(`The operator '${operator}' is refused before`);
  }
};
