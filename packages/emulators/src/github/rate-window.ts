/** What was spent within a time, which moves on with every moment. */
export interface RateWindow {
  /** Spends it; or, where that would be too much, does not and tells in how many ms it would be possible. */
  spend(cost: number): number | null;
}

export const createRateWindow = (limit: number, windowMs: number, now: () => number): RateWindow => {
  const spent: { readonly at: number; readonly cost: number }[] = [];
  let sum = 0;
  return {
    spend(cost) {
      const oldest = now() - windowMs;
      const gone = spent.findIndex(({ at }) => at > oldest);
      const expired = gone === -1 ? spent.splice(0) : spent.splice(0, gone);
      for (const one of expired) sum -= one.cost;
      if (sum + cost > limit) return waitFor(spent, sum + cost - limit, now() - windowMs);
      spent.push({ at: now(), cost });
      sum += cost;
      return null;
    },
  };
};

const waitFor = (
  spent: readonly { readonly at: number; readonly cost: number }[],
  excess: number,
  oldest: number,
): number => {
  let freed = 0;
  for (const { at, cost } of spent) {
    freed += cost;
    if (freed >= excess) return Math.max(1, at - oldest);
  }
  return Math.max(1, (spent.at(-1)?.at ?? oldest) - oldest);
};
