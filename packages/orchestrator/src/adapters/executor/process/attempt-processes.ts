import { type AttemptFolder, readRunner, readStarted } from "./attempt-folder.ts";
import type { ProcessFacts, ProcessTable } from "./process-table.ts";

/** A process that was recorded as this attempt's, and what its pid is today. */
interface RecordedProcess {
  readonly pid: number;
  readonly state: "running" | "gone" | "somebody-else";
}

export type RecordedProcesses =
  /** Empty: no process was ever started, or we died before we could write it down. */
  | { readonly kind: "known"; readonly processes: readonly RecordedProcess[] }
  | { readonly kind: "garbled"; readonly problem: string };

/** A file's time and a process's are both given to the second by some systems. */
const clockSlackMs = 2_000;

/**
 * The processes that the folder names: the one we started and the one that the runner says it is. They differ
 * when we died before we wrote ours down and started a second, which then exits.
 * @throws when a file is there but cannot be read.
 */
export const recordedProcesses = async (
  folder: AttemptFolder,
  table: ProcessTable,
): Promise<RecordedProcesses> => {
  const [started, runner] = await Promise.all([readStarted(folder), readRunner(folder)]);
  if (started.kind === "garbled") return started;
  // A runner that was killed while it wrote the file is still the process that we started.
  if (runner.kind === "garbled" && started.kind === "absent") return runner;
  const processes: RecordedProcess[] = [];
  if (started.kind === "present") {
    const { pid, startMark } = started.value;
    processes.push({ pid, state: await stateOf(pid, table, async (facts) => facts.startMark === startMark) });
  }
  if (runner.kind === "present" && runner.value.pid !== processes[0]?.pid) {
    const { pid } = runner.value;
    const isOurs = (facts: ProcessFacts) => wroteFile(pid, facts, folder, runner.writtenAt, table);
    processes.push({ pid, state: await stateOf(pid, table, isOurs) });
  }
  return { kind: "known", processes };
};

const stateOf = async (
  pid: number,
  table: ProcessTable,
  isOurs: (facts: ProcessFacts) => Promise<boolean>,
): Promise<RecordedProcess["state"]> => {
  const facts = await table.find(pid);
  if (facts === null) return "gone";
  return (await isOurs(facts)) ? "running" : "somebody-else";
};

/** Is this the process that wrote the file? By its environment, or else because it is older than the file. */
const wroteFile = async (
  pid: number,
  facts: ProcessFacts,
  folder: AttemptFolder,
  writtenAt: number,
  table: ProcessTable,
): Promise<boolean> => {
  const environment = await table.environmentOf(pid);
  if (environment !== null) return environment.some((entry) => isOfAttempt(entry, folder));
  return facts.startedAt !== null && facts.startedAt <= writtenAt + clockSlackMs;
};

/**
 * Everything that this attempt started and that still runs: its processes' groups and sessions, also when the
 * leader is dead (the kernel gives no pid away while a group or session bears its number), whatever has the
 * attempt's home, which the agent and its commands take into sessions of their own, and every process of its agent's
 * user, whatever that made of its environment.
 */
export const membersOf = async (folder: AttemptFolder, table: ProcessTable): Promise<readonly number[]> => {
  const recorded = await recordedProcesses(folder, table);
  const leaders = new Set<number>();
  if (recorded.kind === "known" && (await isOfThisBoot(folder, table)))
    for (const { pid, state } of recorded.processes) if (state !== "somebody-else") leaders.add(pid);
  const rows = (await table.list()).filter(({ pid }) => pid !== process.pid && pid !== 1);
  const members = await Promise.all(
    rows.map(async ({ pid, group, session, user }) => {
      if (leaders.has(group) || leaders.has(session) || user === folder.agentUser) return [pid];
      const environment = await table.environmentOf(pid);
      return environment?.some((entry) => isOfAttempt(entry, folder)) === true ? [pid] : [];
    }),
  );
  return members.flat();
};

/** After a reboot a number that led our group may lead anybody's. */
const isOfThisBoot = async (folder: AttemptFolder, table: ProcessTable): Promise<boolean> => {
  const started = await readStarted(folder);
  if (started.kind !== "present" || started.value.startMark === null) return true;
  return started.value.startMark.startsWith(await table.bootMark());
};

const isOfAttempt = (entry: string, folder: AttemptFolder): boolean =>
  entry === `AI_IMPLEMENT_ATTEMPT_DIR=${folder.path}` ||
  entry === `HOME=${folder.path}` ||
  entry.startsWith(`HOME=${folder.path}/`) ||
  entry.startsWith(`HOME=${folder.rooms}/`);
