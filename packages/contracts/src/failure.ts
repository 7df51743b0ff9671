import { z } from "zod";

/** Why a run did not succeed, as a runner may say it. */
export const runnerFailureReasons = [
  "provider-overloaded",
  "rate-limited",
  "transport",
  "agent-refused",
  "agent-not-installed",
  "agent-failed",
  "permission-denied",
  "turn-cap",
  "budget",
  "unauthorised",
  "no-changes",
  "clone-failed",
  "install-failed",
  "setup-failed",
  "push-rejected",
  "guard",
  "out-of-time",
  "runner-crashed",
  "unexpected",
] as const;

export const runnerFailureReasonSchema = z.enum(runnerFailureReasons);
export type RunnerFailureReason = z.infer<typeof runnerFailureReasonSchema>;
