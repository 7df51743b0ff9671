import type { Instant } from "../../core/time.ts";

/** Who is signed in. It holds hashes only: whoever reads it cannot sign in with what is there (§11.9). */
export interface SessionStore {
  put(hash: string, expiresAt: Instant): Promise<void>;
  /** False once it has expired. */
  has(hash: string, now: Instant): Promise<boolean>;
  /** Nothing to remove is success. */
  remove(hash: string): Promise<void>;
}

/** More sessions than a team has people and scripts; the oldest goes first. */
const maxSessions = 1_000;

/**
 * Sessions of this process: they end with it, and another replica does not know them. The admin UI will bring
 * a durable one through this same interface.
 */
export const createMemorySessions = (capacity: number = maxSessions): SessionStore => {
  // Every session lives equally long, so the order of insertion is the order of expiry.
  const expiries = new Map<string, Instant>();
  return {
    put: async (hash, expiresAt) => {
      expiries.set(hash, expiresAt);
      const [oldest] = expiries.keys();
      if (expiries.size > capacity && oldest !== undefined) expiries.delete(oldest);
    },
    has: async (hash, now) => {
      const expiresAt = expiries.get(hash);
      if (expiresAt !== undefined && expiresAt <= now) expiries.delete(hash);
      return expiresAt !== undefined && expiresAt > now;
    },
    remove: async (hash) => {
      expiries.delete(hash);
    },
  };
};
