import { type Finding, fromSetup, type Section } from "../finding.ts";
import type { Scene } from "../scene.ts";

/** The engine of local containers, once there is an image for them; that a project lacks it is said with the project. */
export const containerEngineSections = async (scene: Scene): Promise<readonly Section[]> => {
  const { config, checkContainers } = scene;
  if (checkContainers === null) return [];
  const who = `DOCKER_HOST ${config.docker.host}`;
  const findings: readonly Finding[] = await scene.ask(who, async () =>
    (await checkContainers()).map(fromSetup),
  );
  return [{ title: "Container engine", findings, notes: [] }];
};
