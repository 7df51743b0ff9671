import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PipelineFile, pipelineFileSchemaFor, type WirePhase } from "@ai-implement/contracts";
import { parseYamlSettings } from "../repository/yaml-settings.ts";

const noCustomSteps: ReadonlySet<string> = new Set();

/** The runner's own pipeline of a phase. @throws Error where this installation is broken */
export const readBuiltInPipeline = async (phase: WirePhase): Promise<PipelineFile> => {
  const name = `${phase}.yml`;
  return parsePipelineFile(await readBesideUs(name), phase, `pipelines/${name}`, noCustomSteps);
};

/** What an operator wrote. @throws StepFailure `invalid-pipeline`, naming file, line and fix */
export const parsePipelineFile = (
  text: string,
  phase: WirePhase,
  file: string,
  customSteps: ReadonlySet<string>,
): PipelineFile =>
  parseYamlSettings(text, pipelineFileSchemaFor(phase, customSteps), {
    file,
    firstLine: 1,
    fix: "Mend it, and start AI-Implement again.",
    reason: "invalid-pipeline",
  });

/** `pipelines/` lies beside the bundle, and two folders above this file in the sources. */
const readBesideUs = async (name: string): Promise<string> => {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const folder of ["pipelines", "../../pipelines"]) {
    try {
      return await readFile(join(here, folder, name), "utf8");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  throw new Error(`pipelines/${name} is not in ${here}: it is part of the runner, so install it again.`);
};
