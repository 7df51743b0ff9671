export interface Countdown {
  tick(): void;
  /** The instant (`performance.now()`) of the last tick. */
  readonly over: Promise<number>;
}

/** Ends with the tick that makes `count` of them. */
export const createCountdown = (count: number): Countdown => {
  let left = count;
  let end: (at: number) => void = () => undefined;
  const over = new Promise<number>((resolve) => {
    end = resolve;
  });
  return {
    over,
    tick() {
      left -= 1;
      if (left === 0) end(performance.now());
    },
  };
};
