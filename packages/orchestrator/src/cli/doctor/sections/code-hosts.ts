import { missingFolders } from "../../../from-config.ts";
import { fromSetting, right, type Section } from "../finding.ts";
import type { Scene } from "../scene.ts";

/** The code hosts by themselves; each project's repository is looked at with the project. */
export const codeHostSections = async ({ config }: Scene): Promise<readonly Section[]> => {
  if (config.localForge === null) return [];
  const missing = missingFolders(config).find(({ setting }) => setting === "LOCAL_FORGE_DIR");
  const finding = missing === undefined ? right("LOCAL_FORGE_DIR") : fromSetting(missing);
  return [{ title: "Local repositories", findings: [finding], notes: [] }];
};
