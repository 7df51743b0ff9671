import type { WorkflowJobRequest } from "../github/api.ts";

/** What an action may do to the job that uses it. */
export interface ActionJob {
  readonly request: WorkflowJobRequest;
  /** `GITHUB_WORKSPACE` of this job. */
  readonly workspace: string;
  /** Exists, and is removed after the run. */
  readonly temporary: string;
  /** The job's `GITHUB_TOKEN`. */
  readonly token: string;
  /** Aborted when the step has to end. */
  readonly signal: AbortSignal;
  log(line: string): void;
  /** Hides a value in every later line of the job's log. */
  mask(value: string): void;
  /** What an action does after the last step of the job, whatever became of it; the last one given comes first. */
  atEnd(work: () => Promise<void>): void;
}

/** Stands in for an action: `uses:` calls it. */
export interface ActionEmulation {
  /**
   * @param inputs the step's `with`, as it is written there; the action's own defaults are the emulation's
   * @param environment what a `run:` step would have at this place
   * @returns the step's outputs
   * @throws Error: the step fails, and the log says why
   */
  run(
    inputs: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string>>,
    job: ActionJob,
  ): Promise<Readonly<Record<string, string>>>;
}
