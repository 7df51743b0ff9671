import { access, constants } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { runCommand, succeeded } from "../process/run-command.ts";
import type { Program } from "./sandbox.ts";

type Enter = (program: Program) => Program;

/**
 * The first of these programs that the runner could start and this user could not, such as one in root's own home; null where
 * there is none. One that nobody could start is somebody else's to report.
 */
export const unreachableProgram = async (
  programs: readonly string[],
  enter: Enter,
  path: string,
): Promise<string | null> => {
  for (const program of programs) {
    const file = await findProgram(program, path);
    if (file !== null && !(await mayStart(file, enter, path))) return file;
  }
  return null;
};

const findProgram = async (program: string, path: string): Promise<string | null> => {
  const places = program.includes("/") ? [""] : path.split(":").filter(isAbsolute);
  for (const place of places) {
    const file = place === "" ? program : join(place, program);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      // Not here: then perhaps in the next place.
      () => false,
    );
    if (isThere) return file;
  }
  return null;
};

/** Scripts have to be read by what runs them. */
const mayStart = async (file: string, enter: Enter, path: string): Promise<boolean> => {
  const check = enter({ command: "sh", arguments: ["-c", 'test -r "$1" && test -x "$1"', "sh", file] });
  const result = await runCommand({
    ...check,
    directory: "/",
    environment: { PATH: path, LANG: "C" },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    maxOutput: 1_000,
    keep: "head",
  });
  return succeeded(result);
};
