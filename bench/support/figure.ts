export type Unit = "ms" | "MB" | "per second" | "requests" | "tokens";

/**
 * One measured quantity beside what it is held against. Both were measured in the same run, in turns, so that a busy
 * machine slows both: their ratio says more than either.
 */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  /** In the order of the rounds; `baseline.samples` has one of each round too. */
  readonly samples: readonly number[];
  readonly baseline: { readonly name: string; readonly samples: readonly number[] };
  /** The median should stay below this. It is shown, never asserted. */
  readonly aimBelow?: number;
}

export interface Surroundings {
  /** The built `ai-implement.js`. */
  readonly program: string;
  /** This very program, to measure something in a process of its own. */
  readonly benchProgram: string;
  /** Removed after the run. */
  readonly folder: string;
}

export interface Bench {
  readonly name: string;
  /** Why it cannot be measured here, or null. */
  readonly missing?: () => string | null;
  readonly measure: (surroundings: Surroundings) => Promise<readonly Figure[]>;
}

/** One round after the other: nothing that is measured runs beside anything else that is. */
export const rounds = async <Round>(
  count: number,
  once: (round: number) => Promise<Round> | Round,
): Promise<readonly Round[]> => {
  const done: Round[] = [];
  for (let round = 0; round < count; round += 1) done.push(await once(round));
  return done;
};

/** How long it took, in ms. */
export const timed = async (work: () => unknown): Promise<number> => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};
