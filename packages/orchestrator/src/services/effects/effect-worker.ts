import { type Receiver, receivers } from "../../core/runs/effects.ts";
import type { Clock } from "../../ports/clock.ts";
import { DeliveryError, isPermanent } from "../../ports/delivery-error.ts";
import type { Logger } from "../../ports/logger.ts";
import type { EffectQueue, EffectRecord } from "../../ports/store.ts";
import type { Alarm } from "../alarm.ts";
import type { Loop } from "../engine.ts";
import { messageOf, withTimeout } from "../timeout.ts";

/** Makes one effect true in the world and records that it is. Throws when it could not. */
export type Deliver = (record: EffectRecord) => Promise<void>;

/** What follows when an effect can never be delivered; it is abandoned afterwards. */
export type Refused = (record: EffectRecord, message: string) => Promise<void>;

export interface EffectWorkerDependencies {
  readonly queue: EffectQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly alarm: Alarm;
  readonly deliver: Deliver;
  readonly refused: Refused;
  /** Lanes of one receiver that may be delivering at once: one that hangs takes no place of another. */
  readonly placesOf: (receiver: Receiver) => number;
  /** One delivery's time limit, in ms. */
  readonly timeoutMs: number;
}

/** For the worker's alarm, in ms: deliveries that end together are followed by one look at the queue, not by one each. */
export const effectGatherMs = 5;

const shortestDelayMs = 100;
const firstDelayMs = 1_000;
const longestDelayMs = 5 * 60_000;
const idleMs = 60_000;
/** After a database error the loop must neither end nor spin. */
const troubleMs = 5_000;

/**
 * Delivers recorded effects: in order within a lane, lanes side by side (§9). What is under way when the process
 * dies is held until its time limit is over, then taken again with a higher attempt count, so its handler looks
 * before it repeats.
 */
export const createEffectWorker = (dependencies: EffectWorkerDependencies): Loop => {
  const { queue, clock, logger, alarm, placesOf, timeoutMs } = dependencies;
  const underWay = new Map<Promise<void>, Receiver>();
  const stopping = new AbortController();

  const roomFor = (receiver: Receiver): number =>
    placesOf(receiver) - [...underWay.values()].filter((busy) => busy === receiver).length;

  /** Most of the time all have all of their room: then one look at the queue serves them together. */
  const byRoom = (): ReadonlyMap<number, readonly Receiver[]> => {
    const groups = new Map<number, Receiver[]>();
    for (const receiver of receivers) {
      const room = roomFor(receiver);
      if (room > 0) groups.set(room, [...(groups.get(room) ?? []), receiver]);
    }
    return groups;
  };

  const round = async (): Promise<number> => {
    const now = clock.now();
    // Held for longer than a delivery may take, so that nobody takes it while it still runs.
    for (const [room, alike] of byRoom())
      for (const record of await queue.take(now, now + 2 * timeoutMs, room, alike)) start(record);
    // Who has no room gets it when a delivery ends, and that wakes us.
    const ready = receivers.filter((receiver) => roomFor(receiver) > 0);
    const due = ready.length === 0 ? null : await queue.nextDue(ready);
    return due === null ? idleMs : Math.max(due - clock.now(), 1);
  };

  const start = (record: EffectRecord): void => {
    const delivery = deliverOne(dependencies, record)
      .catch((error: unknown) => {
        logger.error({ effect: record.key, error: messageOf(error) }, "recording a delivery failed");
      })
      .finally(() => {
        underWay.delete(delivery);
        alarm.wake();
      });
    underWay.set(delivery, record.receiver);
  };

  return {
    async run() {
      while (!stopping.signal.aborted) {
        let wait = troubleMs;
        try {
          wait = await round();
        } catch (error) {
          logger.error({ error: messageOf(error) }, "effects could not be read");
        }
        // A stop that came meanwhile is kept by the alarm, so this sleep ends at once.
        await alarm.sleep(wait);
      }
      // What is under way is finished; nothing more is taken.
      await Promise.allSettled(underWay.keys());
    },
    stop() {
      stopping.abort();
      alarm.wake();
    },
  };
};

const deliverOne = async (
  { queue, clock, logger, deliver, refused, timeoutMs }: EffectWorkerDependencies,
  record: EffectRecord,
): Promise<void> => {
  const fields = { effect: record.key, ticket: record.ticketId, attempt: record.attempts };
  try {
    await withTimeout(deliver(record), timeoutMs, `Delivering ${record.effect.kind}`);
    logger.debug(fields, "effect delivered");
  } catch (error) {
    const message = messageOf(error);
    if (isPermanent(error)) {
      logger.error({ ...fields, error: message }, "effect refused for good");
      await refused(record, message);
      await queue.abandon(record.id, clock.now(), message);
      return;
    }
    const wait = retryDelay(record.attempts, error);
    logger.warn({ ...fields, error: message, retryInMs: wait }, "effect not delivered yet");
    const counts = !(error instanceof DeliveryError && error.nothingDone);
    await queue.postpone(record.id, clock.now() + wait, message, counts);
  }
};

/**
 * The receiver's own wish, a little later for each so that not all come at once; without one, doubling with jitter from
 * one second to five minutes. A wish is no failure to learn from: after a rate limit's reset nothing waits any longer.
 */
const retryDelay = (attempts: number, error: unknown): number => {
  const wished = error instanceof DeliveryError ? error.retryAfterMs : undefined;
  if (wished !== undefined)
    return Math.max(wished, shortestDelayMs) + Math.round(Math.random() * Math.min(wished / 4, firstDelayMs));
  const backoff = Math.min(firstDelayMs * 2 ** Math.min(attempts - 1, 20), longestDelayMs);
  return Math.round(backoff * (0.5 + Math.random() / 2));
};
