import type { ActionsEngine } from "../actions/engine.ts";
import { artifactOperations } from "./actions-artifacts.ts";
import { runOperations } from "./actions-runs.ts";
import { workflowOperations } from "./actions-workflows.ts";
import type { Operation } from "./operation.ts";

/** Actions, by the names that GitHub's own description gives the operations. */
export const actionsOperations = (engine: ActionsEngine): readonly (readonly [string, Operation])[] => [
  ...workflowOperations(engine),
  ...runOperations(engine),
  ...artifactOperations(engine),
];
