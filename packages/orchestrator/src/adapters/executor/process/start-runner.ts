import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import type { AttemptReference } from "../../../ports/executor.ts";
import type { Logger } from "../../../ports/logger.ts";
import { type AttemptFolder, errorCode, type ObservedExit, writeJson } from "./attempt-folder.ts";
import type { ProcessTable } from "./process-table.ts";

export interface RunnerProgram {
  /** The built runner, one file. */
  readonly entry: string;
  readonly nodePath: string;
  /** `PATH` of the runner: where it finds git, the agent and the tools of the repositories. */
  readonly path: string;
  /** Further variables for the runner; those below win. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The runner's whole environment, built from nothing (§11.1, §11.3): no secret of ours is inherited, only the
 * claim token, which is good for one claim of this attempt.
 */
const runnerEnvironment = (
  { path, environment }: Pick<RunnerProgram, "path" | "environment">,
  folder: AttemptFolder,
  attempt: AttemptReference,
): Record<string, string> => ({
  ...environment,
  PATH: path,
  HOME: folder.home,
  TMPDIR: folder.temporary,
  LANG: "C.UTF-8",
  AI_IMPLEMENT_RUN_ID: attempt.runId,
  AI_IMPLEMENT_ORCHESTRATOR_URL: attempt.orchestratorUrl,
  AI_IMPLEMENT_CLAIM_TOKEN: attempt.claimToken,
  AI_IMPLEMENT_ATTEMPT_DIR: folder.path,
});

/**
 * Starts the runner in a session of its own, so that it outlives us, and writes down which process it is.
 * @throws DeliveryError when it cannot be started.
 */
export const startRunner = async (
  program: RunnerProgram,
  folder: AttemptFolder,
  attempt: AttemptReference,
  { table, logger }: { readonly table: ProcessTable; readonly logger: Logger },
): Promise<void> => {
  await using log = await open(folder.log, "a", 0o600);
  const child = spawn(program.nodePath, [program.entry], {
    cwd: folder.path,
    env: runnerEnvironment(program, folder, attempt),
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  child.once("exit", (code, signal) => {
    if (child.pid !== undefined) recordExit(folder, { pid: child.pid, code, signal }, logger);
  });
  try {
    await once(child, "spawn");
  } catch (error) {
    throw cannotStart(program.nodePath, error);
  }
  child.unref();
  const { pid } = child;
  // It is always known once `spawn` was emitted.
  if (pid === undefined) return;
  const facts = await table.find(pid);
  await writeJson(folder.process, { pid, startMark: facts?.startMark ?? null });
};

/** Synchronously, because whoever finds the process gone in the next moment should find this too. */
const recordExit = (folder: AttemptFolder, exit: ObservedExit, logger: Logger): void => {
  try {
    // `wx`: a pipe that the agent put there would stop us for good, and a link would lead us elsewhere.
    writeFileSync(folder.exit, `${JSON.stringify(exit)}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    // Only a nicer message hangs on it: how the runner ended is told from its report or its absence.
    logger.warn({ err: error, file: folder.exit }, "how a runner ended could not be written down");
  }
};

const cannotStart = (nodePath: string, error: unknown): DeliveryError =>
  errorCode(error) === "ENOENT" || errorCode(error) === "EACCES"
    ? permanent(`The runner cannot be started: ${nodePath} is not an executable Node.js.`, error)
    : new DeliveryError("The runner cannot be started now: the machine is out of processes or memory.", {
        retryable: true,
        cause: error,
      });
