import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface FreshMachine {
  /** For `PATH`: there is nothing else on it. */
  readonly path: string;
  readonly remove: () => void;
}

/** All that a template may ask of the machine that it runs on. */
const programs = ["bash", "git", "mkdir", "rm"];

/** A folder of programs without curl, jq and whatever else happens to be installed here. */
export const freshMachine = (): FreshMachine => {
  const path = mkdtempSync(join(tmpdir(), "fresh-machine-"));
  symlinkSync(process.execPath, join(path, "node"));
  for (const program of programs) symlinkSync(placeOf(program), join(path, program));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

const placeOf = (program: string): string => {
  const { stdout } = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" });
  if (stdout === "") throw new Error(`This machine has no ${program}.`);
  return stdout.trim();
};
