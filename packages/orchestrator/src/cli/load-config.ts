import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  mergeSources,
  type ParseOptions,
  readDotEnv,
  type SettingSources,
  type Variables,
} from "../config/sources.ts";
import { type ConfigResult, parseConfig } from "../config.ts";

export interface Surroundings {
  readonly environment: Variables;
  readonly directory: string;
  /** Standard output is a terminal. */
  readonly interactive: boolean;
}

export interface LoadedConfig {
  readonly sources: SettingSources;
  readonly variables: Variables;
  readonly parseOptions: ParseOptions;
  readonly result: ConfigResult;
}

/** The settings of this process: its environment, over the `.env` of the folder it was started in (§4). */
export const loadConfig = async (surroundings: Surroundings): Promise<LoadedConfig> => {
  const { environment, directory } = surroundings;
  const sources = { environment, dotEnv: readDotEnv(await readIfThere(join(directory, ".env"))) };
  return loadFrom(sources, surroundings);
};

export const loadFrom = (
  sources: SettingSources,
  { environment, interactive }: Surroundings,
): LoadedConfig => {
  const variables = mergeSources(sources);
  const parseOptions = { production: environment["NODE_ENV"] === "production", interactive };
  return { sources, variables, parseOptions, result: parseConfig(variables, parseOptions) };
};

const readIfThere = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${file} cannot be read (${why}): make it a file that this user may read, or remove it.`,
      {
        cause: error,
      },
    );
  }
};
