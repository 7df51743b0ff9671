/**
 * What a step of an operator's own is given and gives back (docs/pipelines.md). This, and nothing else of the runner, is
 * what it may rely on: the file may be imported for its types, and has nothing else.
 */
export interface CustomStep {
  /** True: when it fails, the run ends. A pipeline file may say otherwise. */
  readonly essential: boolean;
  /** What it throws is its failure. Nothing returned is a success. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return is the usual case
  run(input: CustomStepInput): Promise<CustomStepResult | void>;
}

export interface CustomStepInput {
  readonly job: CustomStepJob;
  /** Runs a program in the checkout, as the agent's user and with its network. At its end all that it started is ended. */
  run(command: string, ...parameters: readonly string[]): Promise<CommandOutcome>;
  /** A text file of the checkout; null where there is none that can be read, or it has more than a megabyte. */
  readFile(path: string): Promise<string | null>;
  /** A line for people who watch the run. Secrets are masked. */
  log(line: string): void;
}

export interface CustomStepJob {
  readonly runId: string;
  readonly phase: "plan" | "implement" | "revise";
  /** What people wrote. It is not to be trusted, and no part of a command line. */
  readonly ticket: {
    readonly identifier: string;
    readonly title: string;
    readonly description: string;
    readonly url: string;
  };
  readonly repository: {
    /** `owner/name`. */
    readonly slug: string;
    readonly defaultBranch: string;
    readonly branch: string;
  };
  /** Paths in the repository; empty before the step `preflight`. */
  readonly changedFiles: readonly string[];
}

export interface CommandOutcome {
  /** Null: it could not be started, or was ended from outside. */
  readonly exitCode: number | null;
  /** The last of what it printed, at most 18,000 characters. */
  readonly output: string;
}

export interface CustomStepResult {
  /** Absent: `succeeded`. */
  readonly status?: "succeeded" | "skipped" | "failed";
  /** For people, on the run's page. */
  readonly detail?: string;
}
