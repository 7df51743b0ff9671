import type { Alarm } from "../alarm.ts";

/** An alarm whose sleeps end at a wake only: time passes when the test says so. */
export interface StillAlarm extends Alarm {
  /** How long the last sleeper meant to sleep, in ms. */
  readonly wished: number | null;
}

export const createStillAlarm = (): StillAlarm => {
  let pending = false;
  let ring: (() => void) | null = null;
  let wished: number | null = null;
  return {
    get wished() {
      return wished;
    },
    wake() {
      pending = true;
      ring?.();
    },
    async sleep(ms) {
      wished = ms;
      if (!pending)
        await new Promise<void>((resolve) => {
          ring = resolve;
        });
      ring = null;
      pending = false;
    },
  };
};

/**
 * Everything that waits for nothing but other work of ours is over: SQLite answers within the same turn of the event
 * loop, and so does the world of the tests.
 */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
