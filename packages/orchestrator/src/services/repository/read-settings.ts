import type { Repository } from "../../core/project.ts";
import type { Forge } from "../../ports/forge.ts";
import { type ParsedSettings, parseSettings } from "./parse-settings.ts";
import type { SettingsProblem } from "./settings-problem.ts";
import { configFile, configSchema, imageFile, imageSchema } from "./settings-schema.ts";

export interface ReadImage {
  /** Null: there is none, or it is not used. */
  readonly image: string | null;
  readonly problems: readonly SettingsProblem[];
}

type Reader = Pick<Forge, "readFile">;

/** `.ai-implement/image.yml` of the default branch. @throws DeliveryError where nobody knows what is in it */
export const readImage = async (forge: Reader, repository: Repository): Promise<ReadImage> => {
  const { value, problems } = await read(forge, repository, imageFile, (text) =>
    parseSettings(imageFile, text, imageSchema),
  );
  return { image: value?.image ?? null, problems };
};

/** What is wrong with `.ai-implement/config.yml` of the default branch: the runner reads its own copy. @throws DeliveryError */
export const problemsOfConfig = async (
  forge: Reader,
  repository: Repository,
): Promise<readonly SettingsProblem[]> => {
  const { problems } = await read(forge, repository, configFile, (text) =>
    parseSettings(configFile, text, configSchema),
  );
  return problems;
};

const read = async <Value>(
  forge: Reader,
  repository: Repository,
  file: string,
  parse: (text: string) => ParsedSettings<Value>,
): Promise<ParsedSettings<Value>> => {
  const text = await forge.readFile(repository, file);
  return text === null ? { value: null, problems: [] } : parse(text);
};
