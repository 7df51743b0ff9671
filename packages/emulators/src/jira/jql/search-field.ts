import type { CustomField, JiraIssue, JiraProject } from "../model.ts";
import type { JqlOperator } from "./syntax.ts";

/** What JQL compares: text, or a number where order counts. */
export type Comparable = string | number;

export type ResolvedOperand =
  | { readonly kind: "value"; readonly value: Comparable }
  | { readonly kind: "problem"; readonly problem: string };

/** A field as JQL knows it. */
export interface SearchField {
  /** As the query names it. */
  readonly name: string;
  /** Those that Jira allows on it. */
  readonly operators: readonly JqlOperator[];
  /** Empty: the issue has no value in it. */
  readonly values: (issue: JiraIssue) => readonly Comparable[];
  /** What an operand stands for among such values. */
  readonly resolve: (value: string) => ResolvedOperand;
  /** Absent: Jira does not sort by it. */
  readonly sortBy?: (issue: JiraIssue) => Comparable | null;
}

/** What JQL has to know of a site. */
export interface SearchSite {
  readonly projects: ReadonlyMap<string, JiraProject>;
  readonly fields: ReadonlyMap<string, CustomField>;
  find(idOrKey: string): JiraIssue | null;
  now(): number;
}

export const equality = ["=", "!=", "in", "not in", "is", "is not"] as const;
export const comparison = ["<", ">", "<=", ">="] as const;
export const likeness = ["~", "!~", "is", "is not"] as const;

export const value = (found: Comparable): ResolvedOperand => ({ kind: "value", value: found });
export const problem = (sentence: string): ResolvedOperand => ({ kind: "problem", problem: sentence });

export const noSuchValue = (name: string, operand: string): ResolvedOperand =>
  problem(`The value '${operand}' does not exist for the field '${name}'.`);
