import type { Workflow } from "./workflow/workflow.ts";

/** What is wrong in one place of a workflow file. */
export interface Problem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
  /** What to do instead, in one sentence. */
  readonly fix: string;
}

export interface Finding extends Problem {
  readonly file: string;
  /** Id of the rule: the name of its file in `rules/`. */
  readonly rule: string;
}

export interface Rule {
  readonly id: string;
  readonly check: (workflow: Workflow) => readonly Problem[];
}
