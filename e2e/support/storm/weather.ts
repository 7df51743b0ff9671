import { stableHash } from "@ai-implement/orchestrator/core/hash.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Weather } from "./network.ts";

export const calm: Weather = () => [0];

const lostShare = 0.2;
const copies = 10;
const lateShare = 0.3;
const latest = 3;

/** One event in five is lost; of every other one ten copies come, three of them only after one to three polls. */
export const storm =
  (seed: number): Weather =>
  (event) => {
    const random = seededRandom(seed ^ stableHash(event));
    if (random() < lostShare) return [];
    return Array.from({ length: copies }, () =>
      random() < lateShare ? 1 + Math.floor(random() * latest) : 0,
    );
  };
