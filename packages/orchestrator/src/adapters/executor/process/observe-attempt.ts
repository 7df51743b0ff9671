import type { Observation } from "../../../core/reconcile/reconcile-run.ts";
import { redact } from "../../../core/redact.ts";
import { type AttemptFolder, errorCode, logTail, readExit, readReport } from "./attempt-folder.ts";
import { recordedProcesses } from "./attempt-processes.ts";
import type { ProcessTable } from "./process-table.ts";

const tailBytes = 2_000;

/** What the folder and the process table say together (§8.3). Never throws. */
export const observeAttempt = async (folder: AttemptFolder, table: ProcessTable): Promise<Observation> => {
  try {
    return await look(folder, table);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      kind: "unknown",
      error: `${folder.path} cannot be read (${errorCode(error) ?? "error"}): ${why}`,
    };
  }
};

const look = async (folder: AttemptFolder, table: ProcessTable): Promise<Observation> => {
  const recorded = await recordedProcesses(folder, table);
  if (recorded.kind === "garbled") return { kind: "unknown", error: recorded.problem };
  // The processes first, the report second: one that is written in between is found by the next look.
  if (recorded.processes.some(({ state }) => state === "running")) return { kind: "running" };
  const report = await readReport(folder);
  if (report.kind === "present") {
    const { instance, report: left } = report.value;
    return { kind: "exited", report: left, instance, detail: "The runner ended and left its result." };
  }
  const pid = recorded.processes.at(-1)?.pid;
  // Without a process and a report nothing was ever started: we died between the folder and the runner.
  if (pid === undefined) return { kind: "absent" };
  const end = await describeEnd(folder, pid);
  const unreadable = report.kind === "garbled" ? ` Its result cannot be read: ${report.problem}` : "";
  return { kind: "exited", report: null, detail: `${end}${unreadable}${await describeLog(folder)}` };
};

const describeEnd = async (folder: AttemptFolder, pid: number): Promise<string> => {
  const exit = await readExit(folder);
  const how =
    exit.kind !== "present" || exit.value.pid !== pid
      ? "ended while nobody watched"
      : exit.value.signal === null
        ? `ended with exit code ${exit.value.code}`
        : `was killed by ${exit.value.signal}`;
  return `The runner (process ${pid}) ${how} and left no result.`;
};

/** The log is the agent's and its tools' as well: what looks like a credential stays in the file. */
const describeLog = async (folder: AttemptFolder): Promise<string> => {
  const tail = redact(await logTail(folder, tailBytes), []);
  return tail === "" ? ` Its log ${folder.log} is empty.` : ` The end of its log ${folder.log}:\n${tail}`;
};
