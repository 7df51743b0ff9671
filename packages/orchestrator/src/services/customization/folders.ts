import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type OperatorCustomization, readCustomization } from "./read-customization.ts";

/**
 * What `CUSTOM_DIR` says, else what is in `custom` in the working directory, where there is one.
 * @throws Error that names every file that cannot be used, and the fix
 */
export const operatorCustomization = (customDirectory: string | null): Promise<OperatorCustomization> => {
  const usual = resolve("custom");
  return readCustomization({
    custom: customDirectory ?? (existsSync(usual) ? usual : null),
    builtIn: builtInPipelinesDirectory(),
  });
};

/**
 * The pipelines of the runner that belongs to this installation. This file lies deeper in the sources than in the bundle, so
 * the package's root is looked for. A runner as it is deployed has them beside its bundle.
 */
export const builtInPipelinesDirectory = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  const runner = join(folder, "..", "runner");
  const besideSources = join(runner, "pipelines");
  return existsSync(besideSources) ? besideSources : join(runner, "dist", "pipelines");
};
