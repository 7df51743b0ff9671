import type { AgentPurpose } from "../agent/agent.ts";
import type { RepositorySettings } from "./repository-settings.ts";
import type { WorkflowFile } from "./workflow-file.ts";

/** §10.2. */
export const defaultModel = "claude-sonnet-4-6";
export const defaultGapAnalysisModel = "claude-haiku-4-5-20251001";

/** Which model does what. The more specific setting wins: `models.implement` over the workflow file's `model`. */
export const modelFor = (
  purpose: AgentPurpose,
  workflow: WorkflowFile,
  { models }: RepositorySettings,
): string => {
  const main = workflow.model ?? defaultModel;
  switch (purpose) {
    case "explore":
    case "plan":
      return main;
    case "implement":
      return models.implement ?? main;
    case "review":
      return models.review ?? models.implement ?? main;
    case "gap-analysis":
      return workflow.gapAnalysisModel ?? defaultGapAnalysisModel;
  }
};
