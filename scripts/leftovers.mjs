/** Processes that outlive a killed test: runners and agents live in sessions of their own. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Kills whatever was started with `folder` somewhere in its environment. Only Linux lets us look; elsewhere a
 * test that is killed may leave a runner behind, which ends by itself when nobody answers it.
 * @returns how many there were
 */
export const killLeftovers = (folder) => {
  if (process.platform !== "linux") return 0;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) => environmentOf(pid).includes(folder) && kill(Number(pid))).length;
};

const environmentOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    // Gone, or somebody else's.
    return "";
  }
};

const kill = (pid) => {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    // It has ended in the meantime.
    return false;
  }
};
