import { seconds } from "../core/time.ts";
import type { Logger } from "../ports/logger.ts";
import type { Store } from "../ports/store.ts";

export interface Loop {
  /** Runs until `stop`, and ends once what is under way has ended. Never rejects. */
  run(): Promise<void>;
  stop(): void;
}

/** The poll decides, the effect worker delivers, housekeeping looks after the rest. */
export interface Engine {
  /** Takes over where the last process stopped, however it stopped (§15). Call it once we listen. */
  start(): Promise<void>;
  /** Ends all loops within 8 s; a second call finds them ended. What was not delivered is, after the next start. */
  stop(): Promise<void>;
}

export interface EngineDependencies {
  readonly store: Pick<Store, "effects" | "listLiveRuns">;
  readonly loops: readonly Loop[];
  readonly logger: Logger;
}

const graceMs = seconds(8);

export const createEngine = ({ store, loops, logger }: EngineDependencies): Engine => {
  let running: readonly Promise<void>[] = [];
  return {
    async start() {
      // What a dead process held is ours to deliver now; each handler looks before it repeats.
      await store.effects.releaseAll();
      const live = await store.listLiveRuns();
      if (live.length > 0) logger.info({ runs: live.length }, "live runs of an earlier process are adopted");
      running = loops.map((loop) => loop.run());
    },
    async stop() {
      for (const loop of loops) loop.stop();
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      await Promise.race([Promise.allSettled(running), grace]);
      clearTimeout(timer);
    },
  };
};
