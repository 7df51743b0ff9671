import type { RunnerFailureReason } from "@ai-implement/contracts";

export interface Failure {
  readonly reason: RunnerFailureReason;
  /** For a person: what happened, naming the thing, and the fix. */
  readonly message: string;
}

/** Why a step could not do its work. Anything else that is thrown is our own mistake and reads as `unexpected`. */
export class StepFailure extends Error implements Failure {
  readonly reason: RunnerFailureReason;
  constructor(reason: RunnerFailureReason, message: string) {
    super(message);
    this.name = "StepFailure";
    this.reason = reason;
  }
}
