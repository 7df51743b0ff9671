import { z } from "zod";
import { StepFailure } from "../pipeline/step-failure.ts";
import { readConfined } from "./confined-file.ts";
import { ofRepository, parseYamlSettings } from "./yaml-settings.ts";

const file = ".ai-implement/config.yml";
const maxBytes = 64 * 1024;

/** The name of a model or of an inference profile; it becomes an argument of the agent's CLI, so no leading `-`. */
export const modelName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.:/@[\]-]{0,199}$/, "letters, digits and . : / @ _ - [ ], at most 200");

const packageManagers = ["npm", "pnpm", "yarn"] as const;
export type PackageManager = (typeof packageManagers)[number];

const schema = z.object({
  packageManager: z.enum(packageManagers).optional(),
  models: z
    .object({ implement: modelName.optional(), review: modelName.optional() })
    .optional()
    .transform((models) => models ?? {}),
});

/** `.ai-implement/config.yml` of the target repository (§10.2). */
export type RepositorySettings = z.output<typeof schema>;

export interface ReadSettings {
  readonly settings: RepositorySettings;
  /** Why the file is not used; null when it is, or when there is none. */
  readonly problem: string | null;
}

const defaults: RepositorySettings = { models: {} };

/** An absent file is the same as an empty one, and a bad one changes nothing: it only says how to work, not what to run. */
export const readRepositorySettings = async (folder: string): Promise<ReadSettings> => {
  const found = await readConfined(folder, file, maxBytes);
  switch (found.kind) {
    case "absent":
      return { settings: defaults, problem: null };
    case "refused":
      return { settings: defaults, problem: `${file} cannot be read: ${found.why}.` };
    case "text":
      return parse(found.text);
  }
};

const parse = (text: string): ReadSettings => {
  try {
    return { settings: parseYamlSettings(text, schema, ofRepository(file, 1)), problem: null };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return { settings: defaults, problem: error.message };
  }
};
