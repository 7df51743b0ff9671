import type { AttemptHandle } from "../../../ports/executor.ts";
import { earliestStart } from "./earliest-start.ts";
import type { WorkflowRun } from "./schema.ts";

/**
 * Is this run the attempt's (§8.3)? Its `run-name` is `AI-Implement <phase> <identifier> · <attempt id>`, and only a dispatch
 * of the right file on the right branch says so: a commit's subject or a branch can bear any name. Pure.
 */
export const isRunOf = (attempt: AttemptHandle, run: WorkflowRun): boolean =>
  run.event === "workflow_dispatch" &&
  run.head_branch === attempt.repository.defaultBranch &&
  workflowFileOf(run.path) === attempt.workflowFile &&
  run.display_title.startsWith(`AI-Implement ${attempt.phase} `) &&
  run.display_title.endsWith(` · ${attempt.runId}`) &&
  run.created_at >= earliestStart(attempt);

const folder = ".github/workflows/";

const workflowFileOf = (path: string): string | null => {
  const [file = ""] = path.split("@");
  return file.startsWith(folder) ? file.slice(folder.length) : null;
};
