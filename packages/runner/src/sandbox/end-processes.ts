import { setTimeout as wait } from "node:timers/promises";
import type { AgentUser } from "./agent-user.ts";
import { killAllOf } from "./kill-all.ts";
import { processesOf } from "./processes-of.ts";

const pauseMs = 20;
/** After that something hangs in the kernel. */
const limitMs = 10_000;

/**
 * Ends every process of the agent's user, whatever group, session or environment it has made for itself: the kernel
 * signals all that a user may signal in one go, which no fork outruns.
 * @throws Error when some are left after 10 s: what is about to read their files must not.
 */
export const endProcessesOf = async (user: AgentUser, path: string): Promise<void> => {
  // "All that a user may signal" is the whole machine for root, and would be the runner for its own user.
  if (user.uid === 0 || user.uid === process.getuid?.() || user.uid === process.geteuid?.()) return;
  const begin = performance.now();
  for (;;) {
    // Before the first look, too: who forks and ends all the time can be missed by every look.
    const isDone = await killAllOf(user, path);
    const left = await processesOf(user.uid);
    if (isDone && left.length === 0) return;
    if (performance.now() - begin > limitMs)
      throw new Error(
        `The agent's processes (${left.slice(0, 10).join(", ")}) do not end, not even when they are killed.`,
      );
    await wait(pauseMs);
  }
};
