import fc from "fast-check";
import type { RunnerDeath } from "./actors.ts";
import { runnerDeaths } from "./actors.ts";
import type { Ending, Story, Theatre } from "./simulation.ts";

export interface Sweep {
  /** How many stories were played. */
  readonly played: number;
  /** One line per story that broke promise 1 (§1): where it was made to fail, and what came of it. */
  readonly broken: readonly string[];
}

/** The story once per crash point that it has. */
export const sweepEveryPoint = async (theatre: Theatre, story: Story): Promise<Sweep> => {
  const { points } = await theatre.play(story);
  return sweep(
    theatre,
    Array.from({ length: points }, (_, index) => ({ ...story, crashAt: [index + 1] })),
  );
};

/** `count` stories with two crashes each, drawn by `seed`; the second one may hit the recovery from the first. */
export const sweepPairs = async (
  theatre: Theatre,
  story: Story,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<Sweep> => {
  const { points } = await theatre.play(story);
  const first = fc.noBias(fc.integer({ min: 1, max: points }));
  const distance = fc.noBias(fc.integer({ min: 1, max: points }));
  const pairs = fc.sample(fc.tuple(first, distance), { seed, numRuns: count });
  return sweep(
    theatre,
    pairs.map(([point, after]) => ({ ...story, crashAt: [point, point + after] })),
  );
};

/** `count` stories, in each of which webhooks name other tickets at other moments, with one crash; drawn by `seed`. */
export const sweepWebhooks = async (
  theatre: Theatre,
  story: Story,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<Sweep> => {
  const { points } = await theatre.play({ ...story, webhooks: seed });
  const drawn = fc.tuple(fc.noBias(fc.nat()), fc.noBias(fc.integer({ min: 1, max: points })));
  return sweep(
    theatre,
    fc
      .sample(drawn, { seed, numRuns: count })
      .map(([webhooks, point]) => ({ ...story, webhooks, crashAt: [point] })),
  );
};

/** Every way in which a runner can die, in either phase. */
export const everyRunnerDeath: readonly RunnerDeath[] = (["plan", "implement"] as const).flatMap((phase) =>
  runnerDeaths.flatMap((before) => [true, false].map((leavesReport) => ({ phase, before, leavesReport }))),
);

export const sweep = async (theatre: Theatre, stories: readonly Story[]): Promise<Sweep> => {
  const broken: string[] = [];
  for (const story of stories) {
    const ending = await theatre.play(story);
    if (ending.problems.length > 0) broken.push(lineOf(story, ending));
  }
  return { played: stories.length, broken };
};

const lineOf = ({ crashAt = [], runnerDies, webhooks }: Story, { crashes, problems }: Ending): string => {
  const died = crashAt.map((point, index) => `${point} (${crashes[index] ?? "never reached"})`);
  const runner = runnerDies === undefined ? [] : [`runner: ${JSON.stringify(runnerDies)}`];
  const told = webhooks === undefined ? [] : [`webhooks: ${webhooks}`];
  return `${[...died, ...runner, ...told].join(", ")}: ${problems.join("; ")}`;
};
