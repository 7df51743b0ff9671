import type { ExecutorKind } from "../../core/project.ts";
import { createProcessExecutor } from "./process/process-executor.ts";

/**
 * Every executor there is, by its kind, which is also the name of its folder. What is not on every machine is loaded when
 * it is configured: what nobody uses costs no memory.
 */
export const executorFactories = {
  process: createProcessExecutor,
  docker: async () => (await import("./docker/docker-executor.ts")).createDockerExecutor,
  "github-actions": async () =>
    (await import("./github-actions/github-actions-executor.ts")).createGithubActionsExecutor,
} as const satisfies Partial<Record<ExecutorKind, unknown>>;
