import type { Section } from "./finding.ts";
import type { Scene } from "./scene.ts";
import { agentSections } from "./sections/agent.ts";
import { codeHostSections } from "./sections/code-hosts.ts";
import { containerEngineSections } from "./sections/container-engine.ts";
import { databaseSections } from "./sections/database.ts";
import { projectSections } from "./sections/projects.ts";
import { settingsSection } from "./sections/settings.ts";
import { trackerSections } from "./sections/trackers.ts";

/** Looks at one part of the installation, and writes nothing. */
type Look = (scene: Scene) => Promise<readonly Section[]>;

/** In the order in which a person mends: what stands further down may need what stands above it. */
const looks: readonly Look[] = [
  async ({ loaded }) => [settingsSection(loaded)],
  databaseSections,
  codeHostSections,
  trackerSections,
  agentSections,
  containerEngineSections,
  projectSections,
];

/** Everything at once: nobody waits for anybody else. */
export const lookAtAll = async (scene: Scene): Promise<readonly Section[]> =>
  (await Promise.all(looks.map((look) => look(scene)))).flat();
