import type { AgentSettings, WirePhase } from "@ai-implement/contracts";
import type { AgentPurpose } from "../agent/agent.ts";
import type { RepositorySettings } from "./repository-settings.ts";
import { type WorkflowFile, workflowFileName } from "./workflow-file.ts";

/** §10.2. */
export const defaultModel = "claude-sonnet-4-6";
export const defaultGapAnalysisModel = "claude-haiku-4-5-20251001";

export type ModelProvider = "anthropic" | "bedrock";

export const providerOf = (agent: AgentSettings): ModelProvider =>
  agent.kind === "claude-code" ? (agent.provider ?? "anthropic") : "anthropic";

/**
 * Which model does what. The more specific setting wins: `models.implement` over the workflow file's `model`. Bedrock
 * has no default, as the names of its models depend on account and region: there, one that is named stands in for
 * those that are not, and null says that none is.
 */
export const modelFor = (
  purpose: AgentPurpose,
  workflow: WorkflowFile,
  { models }: RepositorySettings,
  provider: ModelProvider,
): string | null => {
  const main = workflow.model ?? (provider === "bedrock" ? (models.implement ?? null) : defaultModel);
  switch (purpose) {
    case "explore":
    case "plan":
      return main;
    case "implement":
      return models.implement ?? main;
    case "review":
      return models.review ?? models.implement ?? main;
    case "gap-analysis":
      return workflow.gapAnalysisModel ?? (provider === "bedrock" ? main : defaultGapAnalysisModel);
  }
};

/** What to tell the repository's owner before anything is spent; null when every session has its model. */
export const missingModel = (
  phase: WirePhase,
  workflow: WorkflowFile,
  settings: RepositorySettings,
  provider: ModelProvider,
): string | null => {
  const isNamed = modelFor(phase === "plan" ? "plan" : "implement", workflow, settings, provider) !== null;
  return isNamed
    ? null
    : `No model is named, and bedrock has no default: set "model" in the front matter of ${workflowFileName(phase)}, or "models.implement" in .ai-implement/config.yml, to a model or an inference profile of the project's awsRegion.`;
};
