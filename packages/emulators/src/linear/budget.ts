/** A leaky bucket: what was taken flows off at a constant rate, an hour for all of it. */
export interface Budget {
  /** All of it or, where there is no room, nothing. Times are in ms since the epoch. */
  take(amount: number, now: number): boolean;
  read(now: number, amount: number): BudgetState;
}

export interface BudgetState {
  readonly limit: number;
  /** Whole, rounded down. */
  readonly remaining: number;
  /** When there is room for the amount; where there is room already, when all has flown off. */
  readonly resetAt: number;
}

const hourMs = 3_600_000;

/** @param limit per hour */
export const createBudget = (limit: number): Budget => {
  const perMs = limit / hourMs;
  let level = 0;
  let levelAt = 0;

  const drain = (now: number): number => {
    level = Math.max(0, level - Math.max(0, now - levelAt) * perMs);
    levelAt = Math.max(levelAt, now);
    return level;
  };
  return {
    take(amount, now) {
      if (drain(now) + amount > limit) return false;
      level += amount;
      return true;
    },
    read(now, amount) {
      const missing = drain(now) + Math.min(amount, limit) - limit;
      return {
        limit,
        remaining: Math.floor(limit - level),
        resetAt: Math.ceil(now + (missing > 0 ? missing : level) / perMs),
      };
    },
  };
};
