import { StepFailure } from "../pipeline/step-failure.ts";
import type { Work } from "../work.ts";
import { defaultModelsOf, missingModel } from "./models.ts";
import { type RepositorySettings, readRepositorySettings } from "./repository-settings.ts";
import { readWorkflowFile, type WorkflowFile } from "./workflow-file.ts";

export interface RepositoryFiles {
  readonly workflow: WorkflowFile;
  readonly settings: RepositorySettings;
  /** What people should know about the files, after a space; empty when there is nothing. */
  readonly notice: string;
}

/**
 * What the repository itself says about how it wants to be worked on (§10.2). Read before anything of it runs,
 * so that it is its owner's word and not the agent's.
 * @throws StepFailure `setup-failed`, for a workflow file that cannot be used and for a model that nobody names
 */
export const readRepositoryFiles = async (
  folder: string,
  { phase, agent }: Work,
): Promise<RepositoryFiles> => {
  const workflow = await readWorkflowFile(folder, phase);
  const { settings, problem } = await readRepositorySettings(folder);
  const notice =
    problem === null ? "" : ` The defaults are used instead of .ai-implement/config.yml: ${problem}`;
  const missing = missingModel(phase, workflow, settings, defaultModelsOf(agent));
  if (missing !== null) throw new StepFailure("setup-failed", `${missing}${notice}`);
  return { workflow, settings, notice };
};
