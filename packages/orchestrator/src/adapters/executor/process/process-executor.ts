import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { RunId } from "../../../core/run.ts";
import type { Instant } from "../../../core/time.ts";
import { permanent } from "../../../ports/delivery-error.ts";
import type { AttemptReference, Executor } from "../../../ports/executor.ts";
import type { Logger } from "../../../ports/logger.ts";
import { createLanes } from "../../shared/one-at-a-time.ts";
import {
  type AttemptFolder,
  attemptFolder,
  errorCode,
  isRunId,
  makeFolders,
  readReport,
  writeJson,
} from "./attempt-folder.ts";
import { membersOf, recordedProcesses } from "./attempt-processes.ts";
import { endProcesses } from "./end-processes.ts";
import { observeAttempt } from "./observe-attempt.ts";
import { processTable } from "./process-table.ts";
import { removeFolder } from "./remove-folder.ts";
import { startRunner } from "./start-runner.ts";
import { sweepAttempts } from "./sweep-attempts.ts";

export interface ProcessExecutorOptions {
  /** Made when it is not there; one folder per attempt inside it (`ATTEMPTS_DIR`). */
  readonly directory: string;
  /** The built runner, one file. */
  readonly runnerEntry: string;
  readonly nodePath: string;
  /** `PATH` of the runner. */
  readonly path: string;
  readonly logger: Logger;
  /** Further variables for the runner, besides the fixed few that it gets (§11.3). */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ProcessExecutor extends Executor {
  /** Removes what attempts that ended more than 14 days ago left, and says which. */
  sweep(now: Instant): Promise<readonly RunId[]>;
}

/**
 * Runs attempts as processes of this machine (§8.6): for the demo, and for a machine that the operator trusts.
 * There is no wall around the agent but its user's, which is another than ours where we are root. A runner outlives us and is adopted after a restart (§8.3).
 */
export const createProcessExecutor = (options: ProcessExecutorOptions): ProcessExecutor => {
  const directory = resolve(options.directory);
  const table = processTable();
  const lanes = createLanes();
  const program = {
    entry: options.runnerEntry,
    nodePath: options.nodePath,
    path: options.path,
    environment: options.environment ?? {},
  };

  const dispatch = async (attempt: AttemptReference): Promise<void> => {
    const folder = attemptFolder(directory, attempt.runId);
    await requireRunner(options.runnerEntry);
    await prepare(folder);
    const log = { runId: attempt.runId, folder: folder.path };
    const recorded = await recordedProcesses(folder, table);
    if (recorded.kind === "garbled")
      throw permanent(`Nobody can tell whether this attempt runs already: ${recorded.problem}`);
    // Alive or dead: an attempt is one try, and this one has had its process.
    if (recorded.processes.length > 0 || (await readReport(folder)).kind !== "absent") {
      options.logger.info(log, "the attempt was dispatched before: adopted");
      return;
    }
    const { claimToken: _secret, job: _content, ...reference } = attempt;
    await writeJson(folder.attempt, reference);
    await startRunner(program, folder, attempt, { table, logger: options.logger });
    options.logger.info(log, "runner started as a process of this machine, without a sandbox");
  };

  const destroy = async (runId: RunId): Promise<void> => {
    const folder = attemptFolder(directory, runId);
    if (!(await exists(folder.path))) return;
    await endProcesses(() => membersOf(folder, table));
    for (const path of [folder.workspace, folder.home, folder.temporary, folder.rooms])
      await removeFolder(path);
  };

  const onlyRunId = (runId: RunId): RunId => {
    if (!isRunId(runId)) throw permanent(`${JSON.stringify(runId)} is not a run id.`);
    return runId;
  };

  return {
    kind: "process",
    runsOnOurMachine: true,
    dispatch: async (attempt) => {
      await lanes.run(onlyRunId(attempt.runId), () => dispatch(attempt));
      // Its folder, which bears the attempt's own id, is all the name that it has.
      return null;
    },
    observe: async ({ runId }) =>
      isRunId(runId)
        ? observeAttempt(attemptFolder(directory, runId), table)
        : { kind: "unknown", error: `${JSON.stringify(runId)} is not a run id.` },
    destroy: async ({ runId }) => lanes.run(onlyRunId(runId), () => destroy(runId)),
    sweep: (now) => sweepAttempts(directory, table, now),
  };
};

const requireRunner = async (entry: string): Promise<void> => {
  try {
    await access(entry, constants.R_OK);
  } catch (error) {
    throw permanent(`The runner is not built: ${entry} cannot be read. Run \`npm run build\`.`, error);
  }
};

const notOurs: ReadonlySet<string | undefined> = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);

const prepare = async (folder: AttemptFolder): Promise<void> => {
  try {
    await makeFolders(folder);
  } catch (error) {
    if (!notOurs.has(errorCode(error))) throw error;
    throw permanent(
      `The attempt's folder ${folder.path} cannot be made (${errorCode(error)}): set ATTEMPTS_DIR to a folder that this service may write.`,
      error,
    );
  }
};

const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
};
