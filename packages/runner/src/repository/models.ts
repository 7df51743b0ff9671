import type { AgentSettings, WirePhase } from "@ai-implement/contracts";
import type { AgentPurpose } from "../agent/agent.ts";
import type { RepositorySettings } from "./repository-settings.ts";
import { type WorkflowFile, workflowFileName } from "./workflow-file.ts";

/** §10.2. */
export const defaultModel = "claude-sonnet-4-6";
export const defaultGapAnalysisModel = "claude-haiku-4-5-20251001";
/** The ones that Codex 0.169.0 itself puts first, for coding and for easier tasks. */
export const defaultOpenaiModel = "gpt-6.1-sol";
export const defaultOpenaiGapAnalysisModel = "gpt-6-luna";

/** What is asked where the repository names no model; null: it has to name one. */
export interface DefaultModels {
  readonly main: string | null;
  readonly gapAnalysis: string | null;
}

/** Bedrock has none, as the names of its models depend on account and region. */
export const defaultModelsOf = (agent: AgentSettings): DefaultModels => {
  switch (agent.kind) {
    case "codex":
      // Who names a model may have an API that knows no other.
      return agent.model === undefined
        ? { main: defaultOpenaiModel, gapAnalysis: defaultOpenaiGapAnalysisModel }
        : { main: agent.model, gapAnalysis: agent.model };
    case "claude-code":
      return agent.provider === "bedrock" ? { main: null, gapAnalysis: null } : anthropicModels;
    case "scripted":
      return anthropicModels;
  }
};

const anthropicModels: DefaultModels = { main: defaultModel, gapAnalysis: defaultGapAnalysisModel };

/**
 * Which model does what. The more specific setting wins: `models.implement` over the workflow file's `model`. Without a
 * default, one that is named stands in for those that are not, and null says that none is.
 */
export const modelFor = (
  purpose: AgentPurpose,
  workflow: WorkflowFile,
  { models }: RepositorySettings,
  defaults: DefaultModels,
): string | null => {
  const main = workflow.model ?? defaults.main ?? models.implement ?? null;
  switch (purpose) {
    case "explore":
    case "plan":
      return main;
    case "implement":
      return models.implement ?? main;
    case "review":
      return models.review ?? models.implement ?? main;
    case "gap-analysis":
      return workflow.gapAnalysisModel ?? defaults.gapAnalysis ?? main;
  }
};

/** What to tell the repository's owner before anything is spent; null when every session has its model. */
export const missingModel = (
  phase: WirePhase,
  workflow: WorkflowFile,
  settings: RepositorySettings,
  defaults: DefaultModels,
): string | null => {
  const isNamed = modelFor(phase === "plan" ? "plan" : "implement", workflow, settings, defaults) !== null;
  return isNamed
    ? null
    : `No model is named, and bedrock has no default: set "model" in the front matter of ${workflowFileName(phase)}, or "models.implement" in .ai-implement/config.yml, to a model or an inference profile of the project's awsRegion.`;
};
