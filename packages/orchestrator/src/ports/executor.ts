import type { Job } from "@ai-implement/contracts";
import type { ExecutorKind, Repository } from "../core/project.ts";
import type { Observation } from "../core/reconcile/reconcile-run.ts";
import type { ExecutorResource, Phase, Run, RunId } from "../core/run.ts";
import type { Instant } from "../core/time.ts";
import type { SetupFinding } from "./setup-finding.ts";

/** Enough of an attempt to find it again. */
export interface AttemptHandle {
  readonly runId: RunId;
  readonly phase: Phase;
  readonly repository: Repository;
  readonly workflowFile: string;
  /** When the executor was last asked to start it; null: never. A list that is younger may not show it yet. */
  readonly dispatchStartedAt: Instant | null;
  /** Null: not known yet. */
  readonly resource: ExecutorResource | null;
  /** Its runner has said how it ended: what is left of it ends by itself. */
  readonly hasReported: boolean;
}

export const attemptHandle = (run: Run): AttemptHandle => ({
  runId: run.id,
  phase: run.phase,
  repository: run.repository,
  workflowFile: run.settings.workflowFile,
  // What was refused was not started: there is nothing to look for.
  dispatchStartedAt: run.failure?.reason === "dispatch-refused" ? null : (run.dispatchStartedAt ?? null),
  resource: run.resource ?? null,
  hasReported: run.report !== undefined,
});

/** All that a dispatch carries (§8.1): never the content, only how to fetch it. */
export interface AttemptReference extends AttemptHandle {
  readonly orchestratorUrl: string;
  /** Good for one claim of this attempt and nothing else. */
  readonly claimToken: string;
  /** The ticket's, for people and for what may not run at once. */
  readonly identifier: string;
  readonly maxJobMinutes: number;
  readonly provider: Run["settings"]["provider"];
  /** With bedrock. */
  readonly awsRegion: string | null;
  /** What the repository or the operator wants it to run in; null: the executor's own default. */
  readonly image: string | null;
  /** What the project's attempts may use, where the executor makes the machine. */
  readonly machine: { readonly cpus: number; readonly memoryMb: number };
  /** The content, for an executor whose runners cannot call back (§8.4). @throws DeliveryError */
  readonly job: () => Promise<Job>;
}

/** Where attempts run. A resource is named after its attempt, so asking again finds it. */
export interface Executor {
  readonly kind: ExecutorKind;
  /** True: the model's credential is where the attempt runs, and we do not send ours (§8.4). */
  readonly bringsOwnModelCredential?: boolean;
  /** True: attempts find the programs of our own machine, at the paths that they have for us. */
  readonly runsOnOurMachine?: boolean;
  /**
   * Once in effect: an attempt that the executor already has is adopted (§8.3). Null: it was taken, and the executor did
   * not say under which name. @throws DeliveryError
   */
  dispatch(attempt: AttemptReference): Promise<ExecutorResource | null>;
  /** Never throws: what could not be found out is `unknown`. */
  observe(attempt: AttemptHandle): Promise<Observation>;
  /** Ends it and everything it started, and removes its working files. Nothing to destroy is success. */
  destroy(attempt: AttemptHandle): Promise<void>;
  /**
   * Is the executor's resource of this name the attempt? Only where jobs say who they are (§8.4): one may do so before we were
   * told what the attempt became. @throws DeliveryError
   */
  isAttempt?(attempt: AttemptHandle, resourceId: string): Promise<boolean>;
  /** Only where something beside us has to be there for it. It changes nothing. @throws DeliveryError */
  check?(): Promise<readonly SetupFinding[]>;
  /** Only where attempts leave files behind: removes those past their retention, and says whose. */
  sweep?(now: Instant): Promise<readonly RunId[]>;
}
