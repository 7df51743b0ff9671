import type { Figure } from "./figure.ts";

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws Error for no samples at all */
export const spreadOf = (samples: readonly number[]): Spread => {
  const sorted = samples.toSorted((a, b) => a - b);
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  const upper = sorted[Math.floor(sorted.length / 2)];
  const [min] = sorted;
  const max = sorted.at(-1);
  if (lower === undefined || upper === undefined || min === undefined || max === undefined)
    throw new Error("Nothing was measured.");
  return { median: (lower + upper) / 2, min, max };
};

/** Round by round, so that a round in which the machine was busy does not count for one side alone. */
export const ratiosOf = ({ samples, baseline }: Figure): Spread =>
  spreadOf(samples.map((sample, round) => sample / (baseline.samples[round] ?? Number.NaN)));
