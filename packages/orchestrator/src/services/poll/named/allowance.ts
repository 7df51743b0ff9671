/** What may be spent now. A token bucket: full at first, and one more every `refillMs` until it is full again. */
export interface Allowance {
  has(count: number): boolean;
  spend(count: number): void;
  stop(): void;
}

export interface AllowanceOptions {
  /** The most that there is at once. */
  readonly full: number;
  readonly refillMs: number;
  /** Called whenever there is one more. */
  readonly onRefill: () => void;
}

export const createAllowance = ({ full, refillMs, onRefill }: AllowanceOptions): Allowance => {
  let left = full;
  let timer: NodeJS.Timeout | null = null;
  const refill = (): void => {
    left += 1;
    timer = left < full ? setTimeout(refill, refillMs) : null;
    onRefill();
  };
  return {
    has: (count) => left >= count,
    spend(count) {
      left -= count;
      timer ??= setTimeout(refill, refillMs);
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
    },
  };
};
