import type { WirePhase } from "@ai-implement/contracts";
import { type RepositorySettings, readRepositorySettings } from "./repository-settings.ts";
import { readWorkflowFile, type WorkflowFile } from "./workflow-file.ts";

/**
 * What the repository itself says about how it wants to be worked on (§10.2). Read before anything of it runs,
 * so that it is its owner's word and not the agent's. @throws StepFailure `setup-failed`
 */
export const readRepositoryFiles = async (
  folder: string,
  phase: WirePhase,
): Promise<{ readonly workflow: WorkflowFile; readonly settings: RepositorySettings }> => ({
  workflow: await readWorkflowFile(folder, phase),
  settings: await readRepositorySettings(folder),
});
