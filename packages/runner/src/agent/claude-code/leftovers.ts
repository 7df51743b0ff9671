import { readdir, readFile } from "node:fs/promises";

/** A tree that forks while it is being ended needs more than one look. */
const maxPasses = 5;

/**
 * Ends every process that carries `variable=value` in the environment it was started with. Claude Code starts each
 * shell command in a session of its own, which a signal to its process group does not reach.
 *
 * Reads /proc: on a system without it nothing is found, and only the process group ends. A process that cleared its
 * environment is out of reach too: where the agent has a user of its own, the sandbox ends it.
 */
export const endLeftovers = async (variable: string, value: string): Promise<void> => {
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const found = await carriersOf(`${variable}=${value}`);
    if (found.length === 0) return;
    for (const pid of found) sendSignal(pid, "SIGKILL");
  }
};

const carriersOf = async (entry: string): Promise<readonly number[]> => {
  const pids = (await readdir("/proc").catch(() => [])).map(Number).filter(Number.isInteger);
  const carries = await Promise.all(
    pids.map(async (pid) => {
      // Gone in the meantime, or another user's: neither is ours to end.
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      return environment.split("\0").includes(entry);
    }),
  );
  return pids.filter((_, index) => carries[index]);
};

/** A negative `pid` names the process group. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: it has ended by itself, which is what we want. macOS says EPERM for a group of zombies.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
};
