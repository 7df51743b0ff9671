import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { DispatchCycle, DispatchCycleOptions } from "./dispatch-cycle.ts";
import { type Bench, type Figure, rounds, type Surroundings } from "./support/figure.ts";
import { bareNodePeak, runNode } from "./support/node-process.ts";

const sizes = [
  { tickets: 100, projects: 10, latencyMs: 0 },
  { tickets: 100, projects: 10, latencyMs: 50 },
  { tickets: 1_000, projects: 100, latencyMs: 0 },
  { tickets: 1_000, projects: 100, latencyMs: 50 },
] as const;
const roundCount = 5;

/** How long a marked ticket waits for its runner when very many are marked at once (§6). */
export const pollToDispatch: Bench = {
  name: "poll-to-dispatch",
  async measure(surroundings) {
    const figures: Figure[] = [];
    for (const size of sizes) figures.push(...(await measureSize(surroundings, size)));
    return figures;
  },
};

const measureSize = async (
  surroundings: Surroundings,
  size: (typeof sizes)[number],
): Promise<readonly Figure[]> => {
  const measured = await rounds(roundCount, async () => ({
    nodePeak: await bareNodePeak(),
    ...(await inOwnProcess(surroundings, size)),
  }));
  const samples = (of: (round: (typeof measured)[number]) => number) => measured.map(of);
  const { tickets, projects, latencyMs } = size;
  const scene = `${tickets.toLocaleString("en-GB")} tickets, ${projects} projects, ${latencyMs} ms a request`;
  return [
    {
      name: `${scene}: last runner started`,
      unit: "ms",
      samples: samples(({ lastDispatchMs }) => lastDispatchMs),
      baseline: {
        name: "the same requests, each after one bare commit",
        samples: samples(({ bareMs }) => bareMs),
      },
    },
    {
      name: `${scene}: for each dispatch`,
      unit: "requests",
      samples: samples(({ requestsPerDispatch }) => requestsPerDispatch),
      baseline: {
        name: "one look for all; for each, one start and one stage",
        samples: samples(({ bareRequestsPerDispatch }) => bareRequestsPerDispatch),
      },
    },
    {
      name: `${scene}: peak memory`,
      unit: "MB",
      samples: samples(({ peakMegabytes }) => peakMegabytes),
      baseline: { name: "bare node", samples: samples(({ nodePeak }) => nodePeak) },
    },
  ];
};

const inOwnProcess = async (
  { benchProgram, folder }: Surroundings,
  size: Omit<DispatchCycleOptions, "folder">,
): Promise<DispatchCycle> => {
  const options: DispatchCycleOptions = { ...size, folder: await mkdtemp(join(folder, "dispatch-")) };
  const answer = await runNode([benchProgram, "dispatch-cycle", JSON.stringify(options)]);
  // Written by ourselves, a few lines away in main.ts.
  return JSON.parse(answer) as DispatchCycle;
};
