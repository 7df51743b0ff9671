import { aTime } from "../../core/testing/builders.ts";
import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Adapters } from "../adapters.ts";
import { createWorldExecutor, type WorldExecutor } from "./world-executor.ts";
import { createWorldForge, type WorldForge } from "./world-forge.ts";
import { createWorldTracker, type WorldTracker } from "./world-tracker.ts";

export interface WorldClock extends Clock {
  pass(ms: number): void;
}

/** All that is outside of us. It outlives our processes. */
export interface World {
  readonly clock: WorldClock;
  readonly tracker: WorldTracker;
  readonly forge: WorldForge;
  readonly executor: WorldExecutor;
}

export const createWorld = (): World => ({
  clock: createWorldClock(),
  tracker: createWorldTracker(),
  forge: createWorldForge(),
  executor: createWorldExecutor(),
});

const createWorldClock = (): WorldClock => {
  let now: Instant = aTime;
  return {
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
  };
};

export const adaptersOf = ({ tracker, forge, executor }: Omit<World, "clock">): Adapters => ({
  trackers: new Map([[tracker.kind, tracker]]),
  forges: new Map([[forge.kind, forge]]),
  executors: new Map([[executor.kind, executor]]),
});

/** UUIDv7s that sort in the order of their making. `series` tells those of different makers apart. */
export const createIds = (series = 0): (() => string) => {
  let count = 0;
  return () => {
    count += 1;
    const tail = series.toString(16).padStart(4, "0") + count.toString(16).padStart(8, "0");
    return `01935000-0000-7000-8000-${tail}`;
  };
};
