import type { Logger } from "../../ports/logger.ts";
import type { Alarm } from "../alarm.ts";
import type { Loop } from "../engine.ts";
import { messageOf } from "../timeout.ts";
import type { Poll } from "./poll.ts";

/** A cycle at start, then every interval after the previous one ended, and at every wake; never two at a time (§6). */
export const createPollLoop = (poll: Poll, alarm: Alarm, intervalMs: number, logger: Logger): Loop => {
  const stopping = new AbortController();
  return {
    async run() {
      while (!stopping.signal.aborted) {
        try {
          await poll.cycle();
        } catch (error) {
          logger.error({ error: messageOf(error) }, "poll failed; the next one tries again");
        }
        // A stop that came during the cycle is kept by the alarm, so this sleep ends at once.
        await alarm.sleep(intervalMs);
      }
    },
    stop() {
      stopping.abort();
      alarm.wake();
    },
  };
};
