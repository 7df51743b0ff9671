import type { JWK } from "jose";
import { type Instant, minutes, seconds } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";

/** The public keys that an issuer signs with, by their ids. */
export type PublishedKeys = ReadonlyMap<string, JWK>;

export interface IssuerKeys {
  /**
   * Null: the issuer has no key of that id.
   * @throws VendorError when its keys cannot be had, or could not a moment ago
   */
  find(keyId: string): Promise<JWK | null>;
}

const freshMs = minutes(10);
/** Between two looks for a key that is not there: anybody can make up an id. */
const pauseMs = seconds(30);

/** @param read asks the issuer; one look is under way at a time, and whoever comes meanwhile waits for it */
export const createIssuerKeys = (read: () => Promise<PublishedKeys>, clock: Clock): IssuerKeys => {
  let known: { readonly keys: PublishedKeys; readonly at: Instant } | null = null;
  let latestLook: { readonly at: Instant; readonly keys: Promise<PublishedKeys> } | null = null;
  let isLooking = false;

  const look = (): Promise<PublishedKeys> => {
    if (isLooking && latestLook !== null) return latestLook.keys;
    isLooking = true;
    const at = clock.now();
    const keys = read()
      .then((found) => {
        known = { keys: found, at };
        return found;
      })
      .finally(() => {
        isLooking = false;
      });
    latestLook = { at, keys };
    return keys;
  };

  /** A clock that was set back makes nothing young for ever. */
  const isYounger = (at: Instant, ms: number): boolean => Math.abs(clock.now() - at) < ms;

  return {
    find: async (keyId) => {
      if (known === null || !isYounger(known.at, freshMs)) return (await look()).get(keyId) ?? null;
      const key = known.keys.get(keyId);
      if (key !== undefined) return key;
      // New keys may sign before the old ones are ten minutes old. A look that failed cannot say that there are none.
      const keys = latestLook !== null && isYounger(latestLook.at, pauseMs) ? latestLook.keys : look();
      return (await keys).get(keyId) ?? null;
    },
  };
};
