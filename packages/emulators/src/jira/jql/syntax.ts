import * as ast from "@atlaskit/jql-ast";
import { syntaxErrorSentence } from "./syntax-error.ts";

export type JqlOperator = ast.OperatorValue;

export type JqlOperand =
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "empty" }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "list"; readonly values: readonly JqlOperand[] };

export interface JqlClause {
  readonly kind: "clause";
  /** Without its quotes; with the entity property that it names, where it names one. */
  readonly field: string;
  readonly operator: JqlOperator;
  readonly operand: JqlOperand | null;
}

export type JqlCondition =
  | { readonly kind: "and" | "or"; readonly conditions: readonly JqlCondition[] }
  | { readonly kind: "not"; readonly condition: JqlCondition }
  | JqlClause;

export interface JqlQuery {
  /** Null: no restriction at all. */
  readonly where: JqlCondition | null;
  readonly orderBy: readonly { readonly field: string; readonly descending: boolean }[];
}

export type ParsedJql =
  | { readonly kind: "parsed"; readonly query: JqlQuery }
  | { readonly kind: "broken"; readonly errors: readonly string[] };

/** Reads JQL by Atlassian's own grammar into plain data. */
export const parseJql = (jql: string): ParsedJql => {
  const { query, errors } = new ast.JastBuilder().build(jql);
  const sentences = errors.map((error) => syntaxErrorSentence(jql, error));
  if (sentences.length > 0) return { kind: "broken", errors: [...new Set(sentences)] };
  const orderBy = query?.orderBy?.fields ?? [];
  return {
    kind: "parsed",
    query: {
      where: query?.where === undefined ? null : readClause(query.where),
      orderBy: orderBy.map(({ field, direction }) => ({
        field: fieldName(field),
        descending: direction?.value === "DESC",
      })),
    },
  };
};

/** An entity property of a field is a field of its own: `issue.property[key]`. */
const fieldName = ({ value, properties }: ast.Field): string =>
  [value, ...(properties ?? []).map(({ key }) => `[${key?.text ?? ""}]`)].join("");

const readClause = (clause: ast.Clause): JqlCondition => {
  switch (clause.clauseType) {
    case "compound":
      return { kind: clause.operator.value, conditions: clause.clauses.map(readClause) };
    case "not":
      return { kind: "not", condition: readClause(clause.clause) };
    case "terminal": {
      const { field, operator, operand } = clause;
      if (operator === undefined) throw new TypeError(`JQL clause on ${field.value} without an operator`);
      return {
        kind: "clause",
        field: fieldName(field),
        operator: operator.value,
        operand: operand === undefined ? null : readOperand(operand),
      };
    }
  }
};

const readOperand = (operand: ast.Operand): JqlOperand => {
  switch (operand.operandType) {
    case "value":
      return { kind: "value", value: operand.value };
    case "keyword":
      return { kind: "empty" };
    case "function":
      return { kind: "function", name: operand.function.value };
    case "list":
      return { kind: "list", values: operand.values.map(readOperand) };
  }
};
