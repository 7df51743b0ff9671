import { join } from "node:path";
import type { WorkflowJobRequest } from "../github/api.ts";
import type { ActionEmulation } from "./action-emulation.ts";
import type { Scope } from "./expression/evaluate.ts";
import type { ValueObject } from "./expression/value.ts";
import type { Masker } from "./steps/masker.ts";
import type { RunContexts } from "./workflow/contexts.ts";
import type { JobFile } from "./workflow/workflow-file.ts";

/** The machine that jobs run on. */
export interface Machine {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly actions: ReadonlyMap<string, ActionEmulation>;
  readonly log: (line: string) => void;
  /** How long steps that run in spite of a cancellation may take, in ms. */
  readonly graceMs: number;
}

/** One run of a workflow, as all of its jobs see it. */
export interface WorkflowRun {
  readonly machine: Machine;
  readonly request: WorkflowJobRequest;
  readonly contexts: RunContexts;
  /** `env` of the file, as it is written there. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of its own. */
  readonly directory: string;
}

export interface StepResult {
  /** Before `continue-on-error`. */
  readonly outcome: "success" | "failure" | "cancelled" | "skipped";
  readonly conclusion: "success" | "failure" | "cancelled" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
}

/** A job while it runs. */
export interface JobState {
  readonly run: WorkflowRun;
  readonly job: JobFile;
  readonly masker: Masker;
  readonly log: (line: string) => void;
  /** The image that the job names; its steps run on this machine all the same. */
  readonly image: string | null;
  readonly token: string;
  /** Contexts of the job: `needs`, `secrets`, … */
  readonly contexts: ValueObject;
  /** `env` of the workflow and the job. */
  readonly environment: Readonly<Record<string, string>>;
  /** What GitHub itself sets: no `env` of the file changes it. */
  readonly reserved: Readonly<Record<string, string>>;
  readonly directories: JobDirectories;
  /** Cancelled, or out of time. */
  readonly stop: AbortSignal;
  /** Aborted when the time of grace after `stop` is over. */
  readonly grace: AbortSignal;
  /** Through `GITHUB_ENV` and `GITHUB_PATH`. */
  readonly exported: Map<string, string>;
  readonly addedPath: string[];
  readonly results: Map<string, StepResult>;
  readonly processGroups: (number | null)[];
  readonly atEnd: (() => Promise<void>)[];
  failed: boolean;
}

export interface JobDirectories {
  readonly workspace: string;
  readonly temporary: string;
  readonly home: string;
  /** Scripts and environment files of the steps. */
  readonly files: string;
}

export const jobDirectories = (directory: string, jobId: string): JobDirectories => {
  const root = join(directory, jobId);
  return {
    workspace: join(root, "workspace"),
    temporary: join(root, "temp"),
    home: join(root, "home"),
    files: join(root, "files"),
  };
};

/** What a step's expressions see; `environment` is what the step would run with. */
export const stepScope = (state: JobState, environment: Readonly<Record<string, string>>): Scope => ({
  contexts: {
    ...state.contexts,
    env: environment,
    steps: Object.fromEntries([...state.results].map(([id, result]) => [id, { ...result }])),
    job: {
      status: state.stop.aborted ? "cancelled" : state.failed ? "failure" : "success",
      container: { image: state.image ?? "" },
    },
    runner: {
      name: "emulated",
      os: "Linux",
      arch: "X64",
      temp: state.directories.temporary,
      environment: "github-hosted",
    },
  },
  status: null,
});

/** In an `if`: there are the four functions, and the secrets are not to be seen. */
export const conditionScope = ({ contexts }: Scope, state: JobState, cancelled: boolean): Scope => {
  const { secrets: _, ...visible } = contexts;
  return {
    contexts: visible,
    status: {
      success: !cancelled && !state.failed,
      failure: !cancelled && state.failed,
      cancelled,
    },
  };
};
