import { readFile, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { interpolateText } from "../expression/template.ts";
import type { JobState } from "../job-state.ts";
import { createCommandReader } from "./command-reader.ts";
import { EnvironmentFileError, parseEnvironmentFile, parsePathFile } from "./environment-file.ts";
import { processEnvironment } from "./process-environment.ts";
import { runScript } from "./run-script.ts";
import { shellCommand } from "./shell.ts";
import type { StepEnd, StepPlace } from "./step-place.ts";

/** A `run:` step. @throws Error where it cannot be started, or an environment file that it wrote cannot be read */
export const runScriptStep = async (
  place: StepPlace,
  does: { readonly script: string; readonly shell: string | null },
  workingDirectory: string | null,
): Promise<StepEnd> => {
  const { state, scope } = place;
  const files = await writeStepFiles(place, interpolateText(does.script, scope));
  const shell = does.shell === null ? null : interpolateText(does.shell, scope);
  const folder = workingDirectory === null ? "." : interpolateText(workingDirectory, scope);
  const outputs = new Map<string, string>();
  const reader = createCommandReader({ log: state.log, masker: state.masker, outputs });
  const { code, group } = await runScript({
    ...shellCommand(shell, files.script, state.image !== null),
    directory: resolve(state.directories.workspace, folder),
    environment: { ...processEnvironment(state, place.environment), ...fileVariables(files) },
    onLine: reader.read,
    signal: place.signal,
  });
  state.processGroups.push(group);
  await readStepFiles(state, files, outputs);
  for (const refusal of reader.refusals) state.log(`##[error]${refusal}`);
  if (code === null) state.log("##[error]The process was ended by a signal.");
  else if (code !== 0) state.log(`##[error]Process completed with exit code ${code}.`);
  return {
    succeeded: code === 0 && reader.refusals.length === 0 && !place.signal.aborted,
    outputs: Object.fromEntries(outputs),
  };
};

interface StepFiles {
  readonly script: string;
  readonly environment: string;
  readonly output: string;
  readonly path: string;
  readonly summary: string;
  readonly state: string;
}

const writeStepFiles = async ({ state, number }: StepPlace, script: string): Promise<StepFiles> => {
  const file = (name: string): string => resolve(state.directories.files, `${number}-${name}`);
  const files: StepFiles = {
    script: file("script.sh"),
    environment: file("env"),
    output: file("output"),
    path: file("path"),
    summary: file("summary"),
    state: file("state"),
  };
  const texts = Object.values(files) as readonly string[];
  await Promise.all(texts.map((path) => writeFile(path, path === files.script ? script : "")));
  return files;
};

const fileVariables = (files: StepFiles): Readonly<Record<string, string>> => ({
  GITHUB_ENV: files.environment,
  GITHUB_OUTPUT: files.output,
  GITHUB_PATH: files.path,
  GITHUB_STEP_SUMMARY: files.summary,
  GITHUB_STATE: files.state,
});

const readStepFiles = async (
  state: JobState,
  files: StepFiles,
  outputs: Map<string, string>,
): Promise<void> => {
  for (const [name, value] of parseEnvironmentFile(await readCapped(files.output))) outputs.set(name, value);
  for (const [name, value] of parseEnvironmentFile(await readCapped(files.environment))) {
    if (name.toUpperCase() === "NODE_OPTIONS")
      throw new EnvironmentFileError("NODE_OPTIONS cannot be set through GITHUB_ENV");
    state.exported.set(name, value);
  }
  state.addedPath.unshift(...parsePathFile(await readCapped(files.path)));
};

/** GitHub's own limit of a job's outputs. */
const maxBytes = 1024 * 1024;

const readCapped = async (path: string): Promise<string> => {
  if ((await stat(path)).size > maxBytes)
    throw new EnvironmentFileError(`An environment file is larger than ${maxBytes} bytes`);
  return readFile(path, "utf8");
};
