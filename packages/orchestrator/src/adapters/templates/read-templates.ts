import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TemplateName, type Templates, templateNames } from "../../core/templates/wanted-files.ts";

/**
 * The `templates/` folder of this installation. This file lies deeper in the sources than in the bundle, so the
 * package's root is looked for.
 */
export const templatesDirectory = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, "..", "..", "templates");
};

/** Every template, by name. @throws Error that names the file that cannot be read */
export const readTemplates = async (directory: string): Promise<Templates> =>
  new Map(await Promise.all(templateNames.map((name) => readTemplate(directory, name))));

const readTemplate = async (
  directory: string,
  name: TemplateName,
): Promise<readonly [TemplateName, string]> => {
  const file = join(directory, name);
  try {
    return [name, await readFile(file, "utf8")];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The template ${file} cannot be read (${why}): it is part of every installation, so install AI-Implement again.`,
      { cause },
    );
  }
};
