import { parseArgs } from "node:util";
import {
  type AttemptSettings,
  type Environment,
  modelEnvironmentOf,
  parseEnvironment,
} from "./environment.ts";
import type { LocalSettings } from "./local-mode.ts";
import { UsageError } from "./usage-error.ts";

export type CommandLine =
  | { readonly kind: "help" }
  | AttemptSettings
  | { readonly kind: "local"; readonly settings: LocalSettings };

/** @throws UsageError that names everything that is missing or wrong, never a value */
export const parseCommandLine = (args: readonly string[], environment: Environment): CommandLine => {
  const options = parseOptions(args);
  if (options.help === true) return { kind: "help" };
  const { job, workspace, artifacts } = options;
  if (job === undefined && workspace === undefined && artifacts === undefined)
    return parseEnvironment(environment);
  if (job === undefined || workspace === undefined || artifacts === undefined)
    throw new UsageError("--job, --workspace and --artifacts belong together: name all three");
  return {
    kind: "local",
    settings: { jobFile: job, workspace, artifacts, environment: modelEnvironmentOf(environment) },
  };
};

const parseOptions = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h" },
        job: { type: "string" },
        workspace: { type: "string" },
        artifacts: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
