import { type Instant, minutes } from "../../core/time.ts";

const windowMs = minutes(15);
const maxPerAddress = 10;
const maxInAll = 100;

/** Failed logins of the last 15 minutes (§11.9): at most 10 per address and 100 in all. */
export interface LoginThrottle {
  /** When this address may try again, or null where it may now. A right code waits as well, or guessing would pay. */
  blockedUntil(address: string, now: Instant): Instant | null;
  failed(address: string, now: Instant): void;
}

export const createLoginThrottle = (): LoginThrottle => {
  // Oldest first. Nothing is added while the global cap holds, so the cap bounds the list as well.
  let failures: readonly { readonly address: string; readonly at: Instant }[] = [];
  return {
    blockedUntil: (address, now) => {
      failures = failures.filter(({ at }) => at + windowMs > now);
      const own = failures.filter((failure) => failure.address === address);
      const holding = own.length >= maxPerAddress ? own : failures.length >= maxInAll ? failures : [];
      const [oldest] = holding;
      return oldest === undefined ? null : oldest.at + windowMs;
    },
    failed: (address, now) => {
      failures = [...failures, { address, at: now }];
    },
  };
};
