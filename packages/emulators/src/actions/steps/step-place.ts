import type { Scope } from "../expression/evaluate.ts";
import type { JobState } from "../job-state.ts";

/** Where a step runs. */
export interface StepPlace {
  readonly state: JobState;
  readonly number: number;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** Without what GitHub sets itself. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface StepEnd {
  readonly succeeded: boolean;
  readonly outputs: Readonly<Record<string, string>>;
}
