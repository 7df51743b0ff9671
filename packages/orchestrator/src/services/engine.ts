import type { Logger } from "../ports/logger.ts";
import type { Store } from "../ports/store.ts";
import type { EffectWorker } from "./effects/effect-worker.ts";
import type { PollLoop } from "./poll/poll-loop.ts";

/** The two loops that move everything: the poll decides, the worker delivers. */
export interface Engine {
  /** Takes over where the last process stopped, however it stopped (§15). Call it once we listen. */
  start(): Promise<void>;
  /** Ends both loops within 8 s; a second call finds them ended. What was not delivered is, after the next start. */
  stop(): Promise<void>;
}

export interface EngineDependencies {
  readonly store: Store;
  readonly pollLoop: PollLoop;
  readonly effectWorker: EffectWorker;
  readonly logger: Logger;
}

const deliveryGraceMs = 5_000;
const pollGraceMs = 3_000;

export const createEngine = ({ store, pollLoop, effectWorker, logger }: EngineDependencies): Engine => {
  let polling = Promise.resolve();
  let delivering = Promise.resolve();
  return {
    async start() {
      // What a dead process held is ours to deliver now; each handler looks before it repeats.
      await store.effects.releaseAll();
      const live = await store.listLiveRuns();
      if (live.length > 0) logger.info({ runs: live.length }, "live runs of an earlier process are adopted");
      delivering = effectWorker.run();
      polling = pollLoop.run();
    },
    async stop() {
      pollLoop.stop();
      const grace = new Promise<void>((resolve) => setTimeout(resolve, pollGraceMs).unref());
      await Promise.race([polling, grace]);
      await effectWorker.stop(deliveryGraceMs);
      await Promise.race([delivering, new Promise((resolve) => setTimeout(resolve, 100))]);
    },
  };
};
