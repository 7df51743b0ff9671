export interface FieldProblem {
  /** The field, dotted: `budget.perDayUsd`. */
  readonly field: string;
  /** What is wrong and what to do about it, for a person at a form. */
  readonly problem: string;
}
