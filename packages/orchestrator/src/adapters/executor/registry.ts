import type { ExecutorKind } from "../../core/project.ts";
import type { Executor } from "../../ports/executor.ts";
import { createProcessExecutor } from "./process/process-executor.ts";

/** Every executor there is, by its kind, which is also the name of its folder. */
export const executorFactories = {
  process: createProcessExecutor,
} satisfies Partial<Record<ExecutorKind, (options: never) => Executor>>;
