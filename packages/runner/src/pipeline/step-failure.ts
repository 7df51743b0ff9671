import type { RunnerFailureReason } from "@ai-implement/contracts";

export interface Failure {
  readonly reason: RunnerFailureReason;
  /** For a person: what happened, naming the thing, and the fix. */
  readonly message: string;
  /** With `guard`: the files that a person could agree to, where that is all it takes. */
  readonly needsApproval?: readonly string[] | undefined;
}

/** Why a step could not do its work. Anything else that is thrown is our own mistake and reads as `unexpected`. */
export class StepFailure extends Error implements Failure {
  readonly reason: RunnerFailureReason;
  readonly needsApproval: readonly string[] | undefined;
  constructor(reason: RunnerFailureReason, message: string, needsApproval?: readonly string[]) {
    super(message);
    this.name = "StepFailure";
    this.reason = reason;
    this.needsApproval = needsApproval;
  }
}
