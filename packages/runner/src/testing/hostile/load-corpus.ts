import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { type Attack, attacksOf } from "./attack.ts";

const folder = fileURLToPath(new URL("../../../hostile-corpus/", import.meta.url));

/** Every attack of the corpus. @throws Error that names the file, or the id that is there twice */
export const loadCorpus = async (): Promise<readonly Attack[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yml")).sort();
  const all: Attack[] = [];
  for (const name of names)
    try {
      all.push(...attacksOf(parse(await readFile(join(folder, name), "utf8"))));
    } catch (error) {
      throw new Error(`hostile-corpus/${name} cannot be read`, { cause: error });
    }
  const ids = all.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`two attacks of the corpus have the id "${twice}"`);
  return all;
};
