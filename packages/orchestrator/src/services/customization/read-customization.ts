import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type CustomFile,
  type Customization,
  customizationLimits,
  type PipelineFile,
  type PipelinesAnswer,
  phaseSchema,
  pipelineFileSchemaFor,
  toCustomization,
  type WirePhase,
} from "@ai-implement/contracts";
import { parseSettings } from "../repository/parse-settings.ts";
import { describeCustomization, type Pipelines } from "./describe-customization.ts";

/** What the operator changed about the pipelines, and how everything stands with it. */
export interface OperatorCustomization {
  /** For the jobs; null: there is nothing to send. */
  readonly customization: Customization | null;
  readonly pipelines: PipelinesAnswer;
}

export interface CustomizationFolders {
  /** `CUSTOM_DIR`; null: there is none. */
  readonly custom: string | null;
  /** `pipelines/` of the runner that belongs to this installation. */
  readonly builtIn: string;
}

/** UTF-8 has at most three bytes for each character as the wire counts them. */
const maxBytes = customizationLimits.step * 3;
/** Whoever wrote more mistakes than that begins with these. */
const maxProblems = 20;

/**
 * Read once at the start: `custom/pipelines/<phase>.yml` and `custom/steps/<id>.ts|js` (§10.1).
 * @throws Error that names every file that cannot be used, and the fix
 */
export const readCustomization = async ({
  custom,
  builtIn,
}: CustomizationFolders): Promise<OperatorCustomization> => {
  const files = custom === null ? [] : await readFolder(custom);
  const { customization, problems } = toCustomization(files);
  const customSteps = new Set(customization.steps.map(({ id }) => id));
  const pipelines = await readPipelines(builtIn, customization, customSteps, problems);
  const isEmpty = files.length === 0;
  return {
    customization: isEmpty ? null : customization,
    pipelines: describeCustomization(pipelines, customization, customSteps),
  };
};

const readPipelines = async (
  builtIn: string,
  { pipelines }: Customization,
  customSteps: ReadonlySet<string>,
  earlierProblems: readonly string[],
): Promise<Pipelines> => {
  const problems = [...earlierProblems];
  const read = async (phase: WirePhase): Promise<PipelineFile> => {
    const own = pipelines[phase];
    const file = own === undefined ? join(builtIn, `${phase}.yml`) : `custom/pipelines/${phase}.yml`;
    const text = own ?? (await readBuiltIn(file));
    const parsed = parseSettings(file, text, pipelineFileSchemaFor(phase, customSteps));
    problems.push(...parsed.problems.map(({ problem }) => `${file}: ${problem}`));
    return parsed.value ?? { steps: [], always: [] };
  };
  const [plan, implement, revise] = await Promise.all(phaseSchema.options.map(read));
  if (problems.length > 0 || plan === undefined || implement === undefined || revise === undefined)
    throw new Error(
      [
        "The pipelines and steps of your own (CUSTOM_DIR) cannot be used. Mend these files, or remove them:",
        ...problems.slice(0, maxProblems).map((problem) => `- ${problem}`),
        ...(problems.length > maxProblems ? [`and ${problems.length - maxProblems} more`] : []),
      ].join("\n"),
    );
  return { plan, implement, revise };
};

const readBuiltIn = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new Error(
      `The pipeline ${file} cannot be read (${reasonOf(cause)}): it is part of every installation, so install AI-Implement again.`,
      { cause },
    );
  }
};

const readFolder = async (folder: string): Promise<readonly CustomFile[]> => {
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error("it is not a folder");
    return [...(await filesIn(folder, "pipelines")), ...(await filesIn(folder, "steps"))];
  } catch (cause) {
    throw new Error(
      `CUSTOM_DIR ${folder} cannot be read (${reasonOf(cause)}): name a folder with pipelines/ and steps/, or leave CUSTOM_DIR out.`,
      { cause },
    );
  }
};

const filesIn = async (folder: string, kind: CustomFile["folder"]): Promise<readonly CustomFile[]> => {
  const path = join(folder, kind);
  const names = await readdir(path).catch((error: unknown) => {
    // Either may be left out.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  const wanted = names.filter((name) => !name.startsWith(".")).sort();
  if (wanted.length > customizationLimits.filesPerFolder)
    throw new Error(
      `${path} has ${wanted.length} files, and ${customizationLimits.filesPerFolder} are the limit`,
    );
  return Promise.all(
    wanted.map(async (name) => ({ folder: kind, name, text: await readBounded(join(path, name)) })),
  );
};

const readBounded = async (file: string): Promise<string> => {
  const status = await stat(file);
  if (!status.isFile()) throw new Error(`${file} is not a file`);
  if (status.size > maxBytes)
    throw new Error(`${file} has ${status.size} bytes, and ${maxBytes} are the limit`);
  return readFile(file, "utf8");
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
