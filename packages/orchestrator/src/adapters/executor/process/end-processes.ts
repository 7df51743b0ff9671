import { setTimeout as sleep } from "node:timers/promises";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import { errorCode } from "./attempt-folder.ts";

/** Between asking and making. */
const graceMs = 3_000;
/** After that even SIGKILL has not helped: a process hangs in the kernel, or is not ours to kill. */
const limitMs = 10_000;
const pauseMs = 50;

/**
 * SIGTERM to all that `find` names, SIGKILL to those still there after 3 s, until it names none. It is asked
 * again and again, because what is being ended may still start more.
 * @throws DeliveryError (retryable) when some are left after 10 s.
 */
export const endProcesses = async (find: () => Promise<readonly number[]>): Promise<void> => {
  const begin = performance.now();
  const asked = new Set<number>();
  for (;;) {
    const pids = await find();
    if (pids.length === 0) return;
    const elapsed = performance.now() - begin;
    if (elapsed > limitMs)
      throw new DeliveryError(`Processes ${pids.join(", ")} do not end, not even when they are killed.`, {
        retryable: true,
      });
    for (const pid of pids) {
      if (elapsed > graceMs) send(pid, "SIGKILL");
      else if (!asked.has(pid)) send(pid, "SIGTERM");
      asked.add(pid);
    }
    await sleep(pauseMs);
  }
};

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended by itself in the meantime; one that we may not signal shows up as left over.
    if (errorCode(error) !== "ESRCH" && errorCode(error) !== "EPERM") throw error;
  }
};
