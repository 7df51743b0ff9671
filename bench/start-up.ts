import { type Bench, rounds, timed } from "./support/figure.ts";
import { runNode } from "./support/node-process.ts";
import { makeSandbox, startService } from "./support/service.ts";

const roundCount = 9;

/** How long a restart keeps runners and people waiting. */
export const startUp: Bench = {
  name: "start-up",
  async measure(surroundings) {
    const sandbox = await makeSandbox(surroundings);
    const measured = await rounds(roundCount, async () => {
      const bare = await timed(() => runNode(["-e", "0"]));
      const { answeredAfter, polledAfter, stop } = await startService(sandbox);
      await stop();
      return { bare, answeredAfter, polledAfter };
    });
    const unit = "ms";
    const baseline = { name: "node -e 0, from start to end", samples: measured.map(({ bare }) => bare) };
    return [
      {
        name: "ai-implement start, until it answers",
        unit,
        samples: measured.map(({ answeredAfter }) => answeredAfter),
        baseline,
        aimBelow: 500,
      },
      {
        name: "ai-implement start, until its first poll has ended",
        unit,
        samples: measured.map(({ polledAfter }) => polledAfter),
        baseline,
      },
    ];
  },
};
