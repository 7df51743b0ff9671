import { stableHash } from "../hash.ts";
import type { Run } from "../run.ts";
import { type Instant, minutes, seconds } from "../time.ts";
import { type Failure, isTransient } from "./failure.ts";

export interface RetryPolicy {
  /** Tries of one ticket and phase before it is parked (§15). */
  readonly maxTries: number;
  /** Wait after the first failed try, in ms; each further wait is four times the one before. */
  readonly baseDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { maxTries: 3, baseDelayMs: seconds(30) };

const maxDelayMs = minutes(60);

type Ended = Pick<Run, "id" | "tryNumber" | "endedAt"> & { readonly failure?: Failure };

/** Will this failed run be tried again without a person? If not, its ticket is parked. */
export const willRetry = (run: Ended, policy: RetryPolicy): boolean =>
  run.failure !== undefined && isTransient(run.failure) && run.tryNumber < policy.maxTries;

/**
 * When the next try may start. Spread by ±20 % so that runs that failed together do not return together;
 * the spread comes from the run's id, so every replica and every restart computes the same instant.
 */
export const retryAt = (run: Ended, policy: RetryPolicy): Instant => {
  const delay = Math.min(policy.baseDelayMs * 4 ** (run.tryNumber - 1), maxDelayMs);
  return Math.round((run.endedAt ?? 0) + delay * (0.8 + 0.4 * (stableHash(run.id) / 2 ** 32)));
};
