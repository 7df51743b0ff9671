import { minutes } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";

const complainEveryMs = minutes(1);

/** An operator has to see that a secret is wrong; a stranger must not be able to fill the log. */
export const createComplaints = ({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) => {
  const told = new Map<string, { at: number; since: number }>();
  return (vendor: string, kind: "refused" | "malformed", why: string): void => {
    const topic = `${vendor} ${kind}`;
    const last = told.get(topic);
    const now = clock.now();
    // A clock that was put back must not silence it for as long.
    if (last !== undefined && Math.abs(now - last.at) < complainEveryMs) {
      last.since += 1;
      return;
    }
    told.set(topic, { at: now, since: 0 });
    logger.warn({ vendor, why, unsaid: last?.since ?? 0 }, `webhook ${kind}`);
  };
};
