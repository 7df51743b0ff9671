import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type CustomFile,
  type Customization,
  customizationLimits,
  toCustomization,
} from "@ai-implement/contracts";
import { StepFailure } from "../pipeline/step-failure.ts";

/** UTF-8 has at most three bytes for each character as the wire counts them. */
const maxBytes = customizationLimits.step * 3;

/**
 * The pipelines and steps that an operator baked into the runner's image, by `AI_IMPLEMENT_CUSTOM_DIR`.
 * @throws StepFailure `invalid-pipeline`, naming every file that cannot be used
 */
export const readCustomFolder = async (folder: string): Promise<Customization> => {
  try {
    const files = [...(await filesIn(folder, "pipelines")), ...(await filesIn(folder, "steps"))];
    return orInvalid(toCustomization(files), `AI_IMPLEMENT_CUSTOM_DIR=${folder}`);
  } catch (error) {
    if (error instanceof StepFailure) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StepFailure("invalid-pipeline", `AI_IMPLEMENT_CUSTOM_DIR=${folder} cannot be read: ${why}.`);
  }
};

/** What came with the claim goes before what is in the image, file by file. */
export const mergeCustomizations = (
  image: Customization,
  claim: Customization | undefined,
): Customization => {
  if (claim === undefined) return image;
  const files: CustomFile[] = claim.steps.map(({ id, language, source }) => ({
    folder: "steps",
    name: `${id}.${language === "typescript" ? "ts" : "js"}`,
    text: source,
  }));
  const { steps } = orInvalid(toCustomization(files), "The claim");
  const sent = new Set(steps.map(({ id }) => id));
  return {
    pipelines: { ...image.pipelines, ...claim.pipelines },
    steps: [...steps, ...image.steps.filter(({ id }) => !sent.has(id))],
  };
};

export const noCustomization: Customization = { pipelines: {}, steps: [] };

const orInvalid = (
  { customization, problems }: ReturnType<typeof toCustomization>,
  source: string,
): Customization => {
  if (problems.length === 0) return customization;
  throw new StepFailure("invalid-pipeline", `${source}: ${problems.slice(0, 20).join("; ")}.`);
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
  const files: CustomFile[] = [];
  for (const name of wanted) files.push({ folder: kind, name, text: await readBounded(join(path, name)) });
  return files;
};

const readBounded = async (file: string): Promise<string> => {
  const status = await stat(file);
  if (!status.isFile()) throw new Error(`${file} is not a file`);
  if (status.size > maxBytes)
    throw new Error(`${file} has ${status.size} bytes, and ${maxBytes} are the limit`);
  return readFile(file, "utf8");
};
