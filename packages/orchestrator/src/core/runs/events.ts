import type { RunReport } from "@ai-implement/contracts";
import type { ExecutorResource } from "../run.ts";

export interface PullRequestRef {
  readonly number: number;
  readonly url: string;
}

export type CancelCause =
  | "ticket-closed"
  | "ticket-unmarked"
  | "ticket-gone"
  | "operator"
  /** Somebody stopped it where it ran. */
  | "executor"
  /** People ended the pull request that it works on (§12). */
  | "pull-request-merged"
  | "pull-request-closed";

/** Everything that can happen to a run. Whatever the order, `transition` says what it means (§5.3). */
export type RunEvent =
  /** The effect worker is about to ask the executor. */
  | { readonly kind: "dispatch-started" }
  /** The executor has the attempt: it said so, or was found to have it. */
  | { readonly kind: "dispatched"; readonly resource?: ExecutorResource }
  /** The executor works on it: it no longer waits for a machine. */
  | { readonly kind: "started"; readonly resource?: ExecutorResource }
  | { readonly kind: "dispatch-refused"; readonly message: string }
  /** `resource` where the claimant proved which one it is. */
  | { readonly kind: "claimed"; readonly instance: string; readonly resource?: ExecutorResource }
  | { readonly kind: "progressed"; readonly instance: string }
  /** `instance` is null for a report that was found beside the executor's resource instead of being sent. */
  | { readonly kind: "reported"; readonly instance: string | null; readonly report: RunReport }
  | { readonly kind: "published"; readonly pullRequest: PullRequestRef }
  | { readonly kind: "publish-refused"; readonly message: string }
  /** The executor answered that the machine has ended or is gone, and left no report. */
  | { readonly kind: "lost"; readonly message: string }
  /** What it left as its report is none, or is not its own. */
  | { readonly kind: "result-unusable"; readonly message: string }
  | { readonly kind: "timed-out"; readonly limit: "silence" | "job-minutes"; readonly message: string }
  | { readonly kind: "cancelled"; readonly cause: CancelCause };

/** The words of the history row (§5.3): why this event came. */
export const causeOf = (event: RunEvent): string => {
  switch (event.kind) {
    case "dispatch-started":
      return "effect delivery";
    case "dispatched":
    case "started":
      return event.resource?.url ?? event.resource?.id ?? "the executor has it";
    case "claimed":
    case "progressed":
      return `runner ${event.instance}`;
    case "reported":
      return `${event.report.outcome}, ${event.instance === null ? "found beside the attempt" : `sent by runner ${event.instance}`}`;
    case "published":
      return event.pullRequest.url;
    case "dispatch-refused":
    case "publish-refused":
    case "lost":
    case "result-unusable":
      return event.message;
    case "timed-out":
      return `${event.limit}: ${event.message}`;
    case "cancelled":
      return event.cause;
  }
};
