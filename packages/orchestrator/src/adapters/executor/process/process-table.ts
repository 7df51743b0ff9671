import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** A running process as the kernel shows it. */
export interface ProcessFacts {
  /** Different for two processes that had the same pid one after the other, or before and after a reboot. */
  readonly startMark: string;
  /** Milliseconds since the epoch, to the second; null where only `startMark` is known (Linux). */
  readonly startedAt: number | null;
}

interface TableRow {
  readonly pid: number;
  readonly group: number;
  readonly session: number;
  /** The id of the user whose process it is; null where that is not told. */
  readonly user: number | null;
}

/** What the operating system says of processes. Zombies are not running: they wait for their parent to look. */
export interface ProcessTable {
  /** `null`: there is no such process. */
  find(pid: number): Promise<ProcessFacts | null>;
  list(): Promise<readonly TableRow[]>;
  /** The environment that it was started with; `null` where that is not for us to see. */
  environmentOf(pid: number): Promise<readonly string[] | null>;
  /** Differs after a reboot, and is part of every `startMark`. */
  bootMark(): Promise<string>;
}

export const processTable = (platform: NodeJS.Platform = process.platform): ProcessTable =>
  platform === "linux" ? linuxTable : portableTable;

const linuxTable: ProcessTable = {
  find: async (pid) => {
    const stat = parseStat(await readProc(`/proc/${pid}/stat`));
    if (stat === null) return null;
    return { startMark: `${await linuxTable.bootMark()}${stat.startTicks}`, startedAt: null };
  },
  list: async () => {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
    const rows = await Promise.all(
      pids.map(async (pid) => {
        const stat = parseStat(await readProc(`/proc/${pid}/stat`));
        if (stat === null) return [];
        const user = parseUser(await readProc(`/proc/${pid}/status`));
        return [{ pid, group: stat.group, session: stat.session, user }];
      }),
    );
    return rows.flat();
  },
  environmentOf: async (pid) => (await readProc(`/proc/${pid}/environ`))?.split("\0") ?? null,
  bootMark: async () => `${(await readProc("/proc/sys/kernel/random/boot_id"))?.trim() ?? ""}:`,
};

/** The process is gone, perhaps while we read, or it belongs to somebody who does not let us look. */
const notThere: ReadonlySet<unknown> = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);

/** @throws on any other failure: out of file handles is not "no such process". */
const readProc = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && notThere.has(error.code)) return null;
    throw error;
  }
};

/**
 * `proc(5)`: state is field 3, group 5, session 6, start time 22. Field 2, the name, may hold spaces and
 * parentheses, so the fields are counted from its last parenthesis.
 */
const parseStat = (
  text: string | null,
): { readonly group: number; readonly session: number; readonly startTicks: string } | null => {
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, , group, session] = fields;
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined || state === "Z" || state === "X") return null;
  return { group: Number(group), session: Number(session), startTicks };
};

/** The real one: the first of four. */
const parseUser = (status: string | null): number | null => {
  const user = /^Uid:\s+(\d+)/m.exec(status ?? "")?.[1];
  return user === undefined ? null : Number(user);
};

const run = promisify(execFile);
const psTimeoutMs = 5_000;

const ps = async (args: readonly string[]): Promise<readonly (readonly string[])[]> => {
  const options = { timeout: psTimeoutMs, maxBuffer: 16 * 1024 * 1024, env: { LC_ALL: "C" } };
  try {
    const { stdout } = await run("/bin/ps", args, options);
    return stdout
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([first]) => first !== "" && first !== undefined);
  } catch (error) {
    // Exit code 1 is its way of saying that there is no such process.
    if (error instanceof Error && "code" in error && error.code === 1) return [];
    throw error;
  }
};

/** macOS and the BSDs: what POSIX `ps` tells, which is neither a session nor an environment. */
const portableTable: ProcessTable = {
  find: async (pid) => {
    const [row] = await ps(["-p", String(pid), "-o", "stat=,lstart="]);
    if (row === undefined || row[0]?.startsWith("Z") === true) return null;
    const started = row.slice(1).join(" ");
    const startedAt = Date.parse(started);
    return { startMark: started, startedAt: Number.isNaN(startedAt) ? null : startedAt };
  },
  list: async () =>
    (await ps(["-A", "-o", "pid=,pgid=,stat="]))
      .filter(([, , state]) => state?.startsWith("Z") !== true)
      .map(([pid, group]) => ({
        pid: Number(pid),
        group: Number(group),
        session: Number(group),
        user: null,
      })),
  environmentOf: () => Promise.resolve(null),
  bootMark: () => Promise.resolve(""),
};
