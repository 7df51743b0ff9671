import type { TemplateFile } from "@ai-implement/contracts";
import type { Repository } from "../../core/project.ts";
import { assessTemplates } from "../../core/templates/assess-templates.ts";
import { type Templates, type WantedFile, workflowFolder } from "../../core/templates/wanted-files.ts";
import { isPermanent } from "../../ports/delivery-error.ts";
import type { Forge } from "../../ports/forge.ts";
import { mapLimited } from "../map-limited.ts";
import { sha256 } from "./sha256.ts";

/** Files of one repository that are read at once. */
const readsAtOnce = 6;
/** More workflows than that are not searched for one that was renamed: each costs a request. */
const maxOthers = 40;

/** How the wanted files stand on the default branch. Other workflows are read only where one of ours is missing. @throws DeliveryError */
export const lookAtTemplates = async (
  forge: Pick<Forge, "readFile" | "listFiles">,
  repository: Repository,
  wanted: readonly WantedFile[],
  templates: Templates,
): Promise<readonly TemplateFile[]> => {
  const paths = wanted.map(({ path }) => path);
  const found = await readAll(paths, (path) => forge.readFile(repository, path));
  const isMissing = wanted.some(({ kind, path }) => kind === "workflow" && !found.has(path));
  const others = isMissing ? await readOthers(forge, repository, paths) : new Map<string, string>();
  return assessTemplates({ wanted, templates, found: new Map([...others, ...found]), digest: sha256 });
};

const readOthers = async (
  forge: Pick<Forge, "readFile" | "listFiles">,
  repository: Repository,
  known: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const names = await forge.listFiles(repository, workflowFolder);
  const others = names
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${workflowFolder}/${name}`)
    .filter((path) => !known.includes(path))
    .sort()
    .slice(0, maxOthers);
  return readAll(others, async (path) => {
    try {
      return await forge.readFile(repository, path);
    } catch (error) {
      // Too large, or no text: not a file of ours, whatever it is.
      if (isPermanent(error)) return null;
      throw error;
    }
  });
};

const readAll = async (
  paths: readonly string[],
  read: (path: string) => Promise<string | null>,
): Promise<ReadonlyMap<string, string>> => {
  const texts = await mapLimited(paths, readsAtOnce, async (path) => [path, await read(path)] as const);
  return new Map(texts.flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])));
};
