import { readdir, readFile } from "node:fs/promises";

/**
 * The live processes of a user, by any of the four ids that a process has. Dead ones that nobody has looked at yet do
 * nothing any more.
 */
export const processesOf = async (uid: number): Promise<readonly number[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const isTheirs = await Promise.all(pids.map((pid) => belongsTo(pid, uid)));
  return pids.filter((_, index) => isTheirs[index]);
};

const belongsTo = async (pid: number, uid: number): Promise<boolean> => {
  // It has ended in the meantime.
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  if (/^State:\s+[ZX]/m.test(status)) return false;
  const ids = /^Uid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
  return ids.includes(String(uid));
};
