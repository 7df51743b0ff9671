import type { Logger } from "../../ports/logger.ts";
import type { Alarm } from "../alarm.ts";
import type { Loop } from "../engine.ts";
import { messageOf } from "../timeout.ts";
import { createNamedLooks, type NamedLooks } from "./named/looks.ts";
import type { Poll } from "./poll.ts";

/**
 * A full cycle at start, then every interval after the previous full one ended, and at every wake; between two of them
 * a cycle for what webhooks named. Never two at a time (§6), and no number of names puts a full one off: a rest that is
 * over while names are looked at is the next thing to be seen.
 */
export const createPollLoop = (
  poll: Pick<Poll, "cycle" | "status">,
  alarm: Alarm,
  intervalMs: number,
  logger: Logger,
  namedLooks: NamedLooks = createNamedLooks(),
): Loop => {
  const stopping = new AbortController();

  const attempt = async (cycle: () => Promise<void>): Promise<void> => {
    try {
      await cycle();
    } catch (error) {
      logger.error({ error: messageOf(error) }, "poll failed; the next one tries again");
    }
  };

  const lookByNameDuring = async (rest: Promise<void>): Promise<void> => {
    const rested = rest.then(() => "rested" as const);
    const named = () => namedLooks.due().then(() => "named" as const);
    while ((await Promise.race([rested, named()])) === "named") {
      const tickets = namedLooks.take();
      if (tickets === "everything") alarm.wake();
      else if (tickets.length > 0) await attempt(() => poll.cycle(tickets));
    }
  };

  return {
    async run() {
      while (!stopping.signal.aborted) {
        namedLooks.fullLookBegins();
        await attempt(() => poll.cycle());
        // A stop that came during the cycle is kept by the alarm, so this rest ends at once.
        await lookByNameDuring(alarm.sleep(intervalMs));
      }
    },
    stop() {
      stopping.abort();
      namedLooks.stop();
      alarm.wake();
    },
  };
};
