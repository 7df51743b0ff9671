/** What one search may still spend. */
export interface Effort {
  /** False: that is more than is left, and it is not to be done. */
  spend(what: "characters" | "streams", amount: number): boolean;
}

/**
 * Far above what the largest file that may be published takes, unless it was made to be slow. Streams are looked into one by one, at
 * about 0.1 ms each.
 */
const most = { characters: 64 * 1024 * 1024, streams: 12_000 } as const;

export const createEffort = (): Effort => {
  const left = { ...most };
  return {
    spend: (what, amount) => {
      left[what] -= amount;
      return left[what] >= 0;
    },
  };
};
