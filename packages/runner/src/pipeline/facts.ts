import type { GapAnalysis, Plan, Review, Verification } from "@ai-implement/contracts";
import type { Checkout } from "../git/checkout.ts";
import type { RepositorySettings } from "../repository/repository-settings.ts";
import type { WorkflowFile } from "../repository/workflow-file.ts";
import type { Failure } from "./step-failure.ts";

/** What the steps so far have found out. A step reads what others left and adds its own; nothing is taken back. */
export interface Facts {
  readonly checkout?: Checkout;
  readonly workflow?: WorkflowFile;
  readonly settings?: RepositorySettings;
  /** The session that explored, for the plan to go on in. */
  readonly exploration?: string;
  readonly plan?: Plan;
  /** The folder as the agent got it, as a tree object. */
  readonly treeBeforeAgent?: string;
  /** The agent's last words. */
  readonly summary?: string;
  readonly review?: Review;
  /** The agent was stopped before it was done, and what it had done by then goes on its way. */
  readonly stopped?: Failure;
  /** What the work comes to. */
  readonly change?: Change;
  /** The change has arrived where it belongs: from here on, nothing that fails takes it back. */
  readonly delivered?: true;
  readonly verification?: Verification;
  readonly gapAnalysis?: GapAnalysis;
}

export interface Change {
  /** Commits or trees, for diffs. */
  readonly from: string;
  readonly to: string;
  /** The commit of the report. */
  readonly headCommit: string;
  readonly files: readonly string[];
}

/** @throws Error when the pipeline put the steps in the wrong order: a mistake of ours, not of the job */
export const required = <Value>(value: Value | undefined, step: string): Value => {
  if (value === undefined) throw new Error(`the step "${step}" has to come before this one`);
  return value;
};
