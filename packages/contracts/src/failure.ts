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
  /** The machine cannot lock the agent in as far as the settings demand. */
  "sandbox",
  /** A pipeline or a step of the operator's own cannot be used. */
  "invalid-pipeline",
  /** A step of the operator's own said no, threw, or did not end. */
  "custom-step-failed",
  /** The branch and what it is to be merged into contradict each other. */
  "merge-conflict",
  "out-of-time",
  "runner-crashed",
  "unexpected",
] as const;

export const runnerFailureReasonSchema = z.enum(runnerFailureReasons);
export type RunnerFailureReason = z.infer<typeof runnerFailureReasonSchema>;
