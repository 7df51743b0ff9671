import type { PlanSection, RunnerFailureReason, RunReport, Usage } from "@ai-implement/contracts";
import type { ImplementedReport } from "../runs/outcome.ts";
import { aRun } from "./builders.ts";

type PlannedReport = Extract<RunReport, { outcome: "planned" }>;
type FailedReport = Extract<RunReport, { outcome: "failed" }>;

export const aUsage = (costUsd: number | null = 0.25): Usage => ({
  inputTokens: 1_000,
  outputTokens: 200,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd,
  turns: 4,
});

const common = { usage: aUsage(), agent: "scripted agent (rehearsal)" };

export const aPlannedReport = (
  sections: readonly PlanSection[] = [{ kind: "architecture", body: "One function." }],
): PlannedReport => ({ outcome: "planned", plan: { sections: [...sections] }, ...common });

/** Approved by the reviewer, on the branch of `aRun()`. */
export const anImplementedReport = (overrides: Partial<ImplementedReport> = {}): ImplementedReport => ({
  outcome: "implemented",
  branch: aRun().branch,
  headCommit: "a".repeat(40),
  baseCommit: "b".repeat(40),
  summary: "The page greets its visitor.",
  filesChanged: 2,
  review: { approved: true, iterations: 1, findings: [] },
  ...common,
  ...overrides,
});

export const aFailedReport = (
  reason: RunnerFailureReason = "agent-failed",
  message = "The agent exited with 1.",
): FailedReport => ({ outcome: "failed", reason, message, ...common });
