import { hours, type Instant, minutes } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Store } from "../ports/store.ts";
import type { Adapters } from "./adapters.ts";
import type { Alarm } from "./alarm.ts";
import type { Loop } from "./engine.ts";
import { messageOf, withTimeout } from "./timeout.ts";

export interface HousekeepingDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly alarm: Alarm;
}

const everyMs = minutes(1);
const sweepEveryMs = hours(24);
const sweepTimeoutMs = minutes(5);
/** An effect that is undelivered for longer raises an alert (§9). */
const overdueAfterMs = minutes(10);
const alertsAtOnce = 20;
/** Longer than any vendor's delivery is taken for a new one (§7.2): Jira's is, for a day, from a clock 5 minutes ahead. */
const keepDeliveriesMs = hours(25);

/** What has to be looked after now and then, and must never hold up the poll or a delivery. */
export const createHousekeeping = (dependencies: HousekeepingDependencies): Loop => {
  const { store, clock, logger, alarm } = dependencies;
  const stopping = new AbortController();
  let sweptAt: Instant | null = null;
  const alerted = new Set<number>();

  const round = async (): Promise<void> => {
    await alertOverdue(dependencies, alerted);
    const now = clock.now();
    await store.forgetDeliveries(now - keepDeliveriesMs);
    if (sweptAt !== null && now - sweptAt < sweepEveryMs) return;
    await sweep(dependencies, now);
    sweptAt = now;
  };

  return {
    async run() {
      while (!stopping.signal.aborted) {
        try {
          await round();
        } catch (error) {
          logger.error({ error: messageOf(error) }, "housekeeping failed; the next round tries again");
        }
        await alarm.sleep(everyMs);
      }
    },
    stop() {
      stopping.abort();
      alarm.wake();
    },
  };
};

/** Each effect once: the same alarm every minute is an alarm that nobody hears. */
const alertOverdue = async (
  { store, clock, logger }: HousekeepingDependencies,
  alerted: Set<number>,
): Promise<void> => {
  const overdue = await store.effects.overdue(clock.now() - overdueAfterMs, alertsAtOnce);
  for (const { id, key, attempts, lastError } of overdue)
    if (!alerted.has(id))
      logger.error({ effect: key, attempts, lastError }, "effect undelivered for 10 minutes");
  alerted.clear();
  for (const { id } of overdue) alerted.add(id);
};

const sweep = async ({ adapters, logger }: HousekeepingDependencies, now: Instant): Promise<void> => {
  for (const executor of adapters.executors.values()) {
    const asked = executor.sweep?.(now) ?? Promise.resolve([]);
    const removed = await withTimeout(asked, sweepTimeoutMs, `The ${executor.kind} executor`);
    if (removed.length > 0)
      logger.info({ executor: executor.kind, attempts: removed.length }, "files of old attempts removed");
  }
};
