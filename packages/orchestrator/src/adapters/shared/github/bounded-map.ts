export interface BoundedMap<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  clear(): void;
}

/**
 * What was not asked for the longest goes first.
 * @param most entries
 * @param mostWeight of all entries together; without `weigh` each weighs 1
 */
export const createBoundedMap = <Value>(
  most: number,
  mostWeight: number = most,
  weigh: (value: Value) => number = () => 1,
): BoundedMap<Value> => {
  const entries = new Map<string, Value>();
  let weight = 0;

  const remove = (key: string): void => {
    const value = entries.get(key);
    if (value === undefined) return;
    entries.delete(key);
    weight -= weigh(value);
  };

  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      remove(key);
      entries.set(key, value);
      weight += weigh(value);
      for (const oldest of entries.keys()) {
        if (entries.size <= most && weight <= mostWeight) break;
        remove(oldest);
      }
    },
    delete: remove,
    clear() {
      entries.clear();
      weight = 0;
    },
  };
};
