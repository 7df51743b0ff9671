/** A sleep that others can end. A wake that comes while nobody sleeps is kept for the next sleep. */
export interface Alarm {
  wake(): void;
  /** Resolves after `ms`, or at the next wake, whichever is first. */
  sleep(ms: number): Promise<void>;
}

/** Node's timers hold at most 2^31-1 ms; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** `gatherMs`: how long a sleep goes on after its wake, so that a burst of wakes becomes one. */
export const createAlarm = (gatherMs = 0): Alarm => {
  let pending = false;
  let ring: (() => void) | null = null;
  return {
    wake() {
      pending = true;
      ring?.();
    },
    async sleep(ms) {
      if (!pending)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(Math.max(ms, 0), longestTimerMs));
          ring = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      ring = null;
      if (pending && gatherMs > 0) await new Promise((resolve) => setTimeout(resolve, gatherMs));
      pending = false;
    },
  };
};
