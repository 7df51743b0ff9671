import type { JiraIssue } from "../model.ts";
import { evaluate, type Predicate } from "./evaluate.ts";
import { findField } from "./find-field.ts";
import type { Comparable, SearchSite } from "./search-field.ts";
import { type JqlQuery, parseJql } from "./syntax.ts";

type Compare = (one: JiraIssue, other: JiraIssue) => number;

export type PreparedJql =
  | {
      readonly kind: "ready";
      /** It restricts something. */
      readonly bounded: boolean;
      readonly matches: Predicate;
      readonly compare: Compare;
    }
  /** In Jira's words, each once. */
  | { readonly kind: "refused"; readonly errors: readonly string[] };

/** Jira's own limit. */
const maxOrderFields = 7;

/** JQL, ready to be asked about issues of the site as it is now. */
export const prepareJql = (site: SearchSite, jql: string): PreparedJql => {
  const parsed = parseJql(jql);
  if (parsed.kind === "broken") return { kind: "refused", errors: parsed.errors };
  const { where } = parsed.query;
  const condition = where === null ? null : evaluate(site, where);
  const order = orderOf(site, parsed.query.orderBy);
  const errors = [...(condition?.kind === "problems" ? condition.problems : []), ...order.problems];
  if (errors.length > 0) return { kind: "refused", errors: [...new Set(errors)] };
  return {
    kind: "ready",
    bounded: where !== null,
    matches: condition?.kind === "predicate" ? condition.test : () => true,
    compare: order.compare,
  };
};

const newestFirst: Compare = (one, other) => Number(other.id) - Number(one.id);

const orderOf = (
  site: SearchSite,
  orderBy: JqlQuery["orderBy"],
): { readonly compare: Compare; readonly problems: readonly string[] } => {
  if (orderBy.length > maxOrderFields)
    return {
      compare: newestFirst,
      problems: [`The ORDER BY clause has more than ${maxOrderFields} fields.`],
    };
  const steps = orderBy.map(({ field: name, descending }) => {
    const found = findField(site, name);
    if (found.kind === "problem") return { problem: found.problem };
    const { sortBy } = found.field;
    return sortBy === undefined
      ? { problem: `Not able to sort using field '${name}'.` }
      : { compare: comparing(sortBy, descending) };
  });
  const comparisons = steps.flatMap(({ compare }) => (compare === undefined ? [] : [compare]));
  return {
    problems: steps.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    compare: (one, other) =>
      comparisons.map((compare) => compare(one, other)).find((result) => result !== 0) ??
      newestFirst(one, other),
  };
};

/** Issues without a value come last, whichever the direction. */
const comparing =
  (sortBy: (issue: JiraIssue) => Comparable | null, descending: boolean): Compare =>
  (one, other) => {
    const [left, right] = [sortBy(one), sortBy(other)];
    if (left === right) return 0;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right === descending ? 1 : -1;
  };
