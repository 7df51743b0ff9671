import { DeliveryError } from "../../ports/delivery-error.ts";

/** Work that must not overlap, kept apart by key: the same key one after the other, different keys at once. */
export interface Lanes {
  /** @throws DeliveryError (retryable) when too many already wait for this key. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** @param maxWaiting per key, the one at work included. */
export const createLanes = (maxWaiting = 1000): Lanes => {
  const lanes = new Map<string, { waiting: number; tail: Promise<unknown> }>();
  return {
    run: async (key, work) => {
      const lane = lanes.get(key) ?? { waiting: 0, tail: Promise.resolve() };
      if (lane.waiting >= maxWaiting)
        throw new DeliveryError(`${maxWaiting} writes already wait for ${key}.`, { retryable: true });
      lane.waiting += 1;
      lanes.set(key, lane);
      const result = lane.tail.then(work);
      // Whoever asked for it hears of a failure; the next in the lane starts either way.
      lane.tail = result.catch(() => undefined);
      try {
        return await result;
      } finally {
        lane.waiting -= 1;
        if (lane.waiting === 0) lanes.delete(key);
      }
    },
  };
};
