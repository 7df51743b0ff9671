import { closeSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

/** Standard input, output and error: each program gets its own. */
const lastStandard = 2;
/** As `/proc/<pid>/fdinfo` writes it (proc(5)). */
const closeOnExec = 0o2000000;

/**
 * Closes what the runner was started with and every program of its own would inherit, the agent included: pipes, sockets and
 * files of whoever started it. What the runner opens itself is never handed on. Nothing happens where there is no /proc.
 */
export const closeInheritedFiles = async (): Promise<void> => {
  const open = await readdir("/proc/self/fd").catch(() => []);
  const inherited = await Promise.all(
    open.map(Number).map(async (file) => ((await isHandedOn(file)) ? [file] : [])),
  );
  for (const file of inherited.flat()) closeSync(file);
};

const isHandedOn = async (file: number): Promise<boolean> => {
  if (file <= lastStandard) return false;
  // Closed in the meantime, as the one that was used for looking.
  const text = await readFile(`/proc/self/fdinfo/${file}`, "utf8").catch(() => "");
  const flags = /^flags:\s+([0-7]+)$/m.exec(text)?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
};
