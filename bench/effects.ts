import { join } from "node:path";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import { type EffectIntent, ticketRef } from "@ai-implement/orchestrator/core/runs/effects.ts";
import { openBareCommits } from "./support/bare-commits.ts";
import { createCountdown } from "./support/countdown.ts";
import { type Bench, rounds, timed } from "./support/figure.ts";
import { readyTickets } from "./support/population.ts";
import { createReceivers } from "./support/receivers.ts";
import { createBenchServices } from "./support/services.ts";

const effectCount = 1_000;
const laneCount = 100;
const roundCount = 5;

/** What the promise "recorded before it is done" costs (§9) when nobody outside makes us wait. */
export const effects: Bench = {
  name: "effects",
  async measure({ folder }) {
    const measured = await rounds(roundCount, async (round) => ({
      bare: perSecond(await bareCommits(join(folder, `effects-bare-${round}.sqlite`))),
      ...(await recordAndDeliver(join(folder, `effects-${round}.sqlite`))),
    }));
    const unit = "per second";
    const baseline = { name: "rows committed one by one, bare", samples: measured.map(({ bare }) => bare) };
    return [
      {
        name: "effects recorded, one commit each",
        unit,
        samples: measured.map(({ recorded }) => recorded),
        baseline,
      },
      {
        name: "effects delivered and recorded as such, 100 lanes",
        unit,
        samples: measured.map(({ delivered }) => delivered),
        baseline,
      },
    ];
  },
};

const perSecond = (ms: number): number => (effectCount * 1_000) / ms;

const bareCommits = async (path: string): Promise<number> => {
  const bare = openBareCommits(path);
  try {
    return await timed(() => {
      for (let row = 0; row < effectCount; row += 1) bare.commit();
    });
  } finally {
    bare.close();
  }
};

const recordAndDeliver = async (path: string) => {
  const { store } = await openSqliteStore({ path });
  try {
    const recorded = await timed(async () => {
      for (const intent of comments) await store.commit({ effects: [intent] });
    });
    const delivered = createCountdown(effectCount);
    const { effectWorker } = createBenchServices(store, createReceivers([], 0), delivered.tick);
    const begin = performance.now();
    const running = effectWorker.run();
    const took = (await delivered.over) - begin;
    effectWorker.stop();
    await running;
    return { recorded: perSecond(recorded), delivered: perSecond(took) };
  } finally {
    await store.close();
  }
};

/** Every ticket's tracker is a lane, and gets its share of them. */
const comments: readonly EffectIntent[] = Array.from(
  { length: effectCount / laneCount },
  (_, turn) => turn,
).flatMap((turn) =>
  readyTickets(laneCount, 10).map((ticket) => ({
    key: `comment:${ticket.id}:${turn}`,
    ticketId: ticket.id,
    runId: null,
    effect: { kind: "post-comment", ticket: ticketRef(ticket), body: `Comment ${turn}: ${"x".repeat(200)}` },
  })),
);
