import type { ExecutorKind } from "../core/project.ts";
import type { Observation } from "../core/reconcile/reconcile-run.ts";
import type { Phase, RunId } from "../core/run.ts";
import type { Instant } from "../core/time.ts";

/** All that a dispatch carries (§8.1): never the content, only how to fetch it. */
export interface AttemptReference {
  readonly runId: RunId;
  readonly phase: Phase;
  readonly orchestratorUrl: string;
  /** Good for one claim of this attempt and nothing else. */
  readonly claimToken: string;
}

/** Where attempts run. A resource is named after its attempt, so asking again finds it. */
export interface Executor {
  readonly kind: ExecutorKind;
  /** Once in effect: an attempt that the executor already has is adopted (§8.3). @throws DeliveryError */
  dispatch(attempt: AttemptReference): Promise<void>;
  /** Never throws: what could not be found out is `unknown`. */
  observe(runId: RunId): Promise<Observation>;
  /** Ends it and everything it started, and removes its working files. Nothing to destroy is success. */
  destroy(runId: RunId): Promise<void>;
  /** Only where attempts leave files behind: removes those past their retention, and says whose. */
  sweep?(now: Instant): Promise<readonly RunId[]>;
}
