import type { RunnerFailureReason } from "@ai-implement/contracts";

/** What a runner may say went wrong, and what only we can see. */
export type FailureReason =
  | RunnerFailureReason
  | "machine-lost"
  | "invalid-result"
  | "dispatch-refused"
  | "publish-refused";

export interface Failure {
  readonly reason: FailureReason;
  /** One or two sentences for a person: what happened, and the fix where we know one. Redacted. */
  readonly message: string;
}

/**
 * Worth the same money again (§15). Every other reason would meet the same answer, so it parks the ticket
 * for a person at once.
 */
const transientReasons: readonly FailureReason[] = [
  "provider-overloaded",
  "rate-limited",
  "transport",
  "machine-lost",
  "runner-crashed",
];

export const isTransient = ({ reason }: Failure): boolean => transientReasons.includes(reason);
