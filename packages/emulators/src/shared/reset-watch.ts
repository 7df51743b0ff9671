/** Knows whether a client was told to wait and came all the same. */
export interface ResetWatch {
  /** An answer that named this time, in ms since the epoch, has left. */
  told(resetAt: number): void;
  early(arrivedAt: number): boolean;
}

/** In ms: a request that comes this soon after the answer was under way already. */
const underWayMs = 250;

export const createResetWatch = (): ResetWatch => {
  let waitUntil = 0;
  return {
    told(resetAt) {
      const heard = (): void => {
        waitUntil = Math.max(waitUntil, resetAt);
      };
      // The immediate comes after what has arrived meanwhile was read: a busy process makes nobody early.
      setTimeout(() => setImmediate(heard), underWayMs).unref();
    },
    early: (arrivedAt) => arrivedAt < waitUntil,
  };
};
