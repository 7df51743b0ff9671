import { heldUpComment } from "../core/messages/comments.ts";
import { isLive } from "../core/run.ts";
import { type EffectIntent, postComment } from "../core/runs/effects.ts";
import { hours, type Instant, minutes } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { EffectRecord, Store } from "../ports/store.ts";
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
  /** Called after a commit that recorded effects. */
  readonly onEffects: () => void;
}

const everyMs = minutes(1);
const sweepEveryMs = hours(24);
const sweepTimeoutMs = minutes(5);
/** An effect that is undelivered for longer raises an alert (§9). */
const overdueAfterMs = minutes(10);
const alertsAtOnce = 20;
/** Tickets that are told in one round why nothing happens to them. */
const toldAtOnce = 200;
/** Longer than any vendor's delivery is taken for a new one (§7.2): Jira's is, for a day, from a clock 5 minutes ahead. */
const keepDeliveriesMs = hours(25);

/** What has to be looked after now and then, and must never hold up the poll or a delivery. */
export const createHousekeeping = (dependencies: HousekeepingDependencies): Loop => {
  const { store, clock, logger, alarm } = dependencies;
  const stopping = new AbortController();
  let sweptAt: Instant | null = null;
  const alerted = new Set<number>();

  const round = async (): Promise<void> => {
    const now = clock.now();
    const overdue = await store.effects.overdue(now - overdueAfterMs, toldAtOnce);
    alertOverdue(logger, overdue.slice(0, alertsAtOnce), alerted);
    await tellHeldUp(dependencies, overdue);
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
const alertOverdue = (logger: Logger, overdue: readonly EffectRecord[], alerted: Set<number>): void => {
  for (const { id, key, attempts, lastError } of overdue)
    if (!alerted.has(id))
      logger.error({ effect: key, attempts, lastError }, "effect undelivered for 10 minutes");
  alerted.clear();
  for (const { id } of overdue) alerted.add(id);
};

/** On the ticket too, where people wait: once for each run and what it waits for. */
const tellHeldUp = async (
  { store, onEffects }: HousekeepingDependencies,
  overdue: readonly EffectRecord[],
): Promise<void> => {
  const effects: EffectIntent[] = [];
  for (const { effect, lastError } of overdue) {
    if (effect.kind !== "dispatch-attempt" && effect.kind !== "publish-pull-request") continue;
    const run = (await store.findRun(effect.runId))?.value;
    if (run !== undefined && lastError !== null && isLive(run.state))
      effects.push(postComment(run, `held-up-${effect.kind}`, heldUpComment(run, lastError)));
  }
  if (effects.length === 0) return;
  await store.commit({ effects });
  onEffects();
};

const sweep = async ({ adapters, logger }: HousekeepingDependencies, now: Instant): Promise<void> => {
  for (const executor of adapters.executors.values()) {
    const asked = executor.sweep?.(now) ?? Promise.resolve([]);
    const removed = await withTimeout(asked, sweepTimeoutMs, `The ${executor.kind} executor`);
    if (removed.length > 0)
      logger.info({ executor: executor.kind, attempts: removed.length }, "files of old attempts removed");
  }
};
