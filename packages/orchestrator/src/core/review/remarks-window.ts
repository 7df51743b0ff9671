import { type Instant, minutes, seconds } from "../time.ts";

/** How far what was said on a pull request was looked at. Times of the forge are by its own clock. */
export interface Sight {
  /** Everything up to here was seen, by the forge's clock. Undefined: nothing was. */
  readonly seenUpTo: Instant | undefined;
  /** When it had changed last, by the forge's clock, as we knew it. */
  readonly changedAt: Instant | undefined;
  /** When we first knew that, by our own. */
  readonly knownSince: Instant;
}

export interface RemarksWindow {
  /** Null: whatever was ever said. */
  readonly since: Instant | null;
  /** Once this look is over. Undefined: as before. */
  readonly seenUpTo: Instant | undefined;
}

/** Forges tell time in seconds, and what was just said may be missing from a list for a while. */
const settleMs = seconds(30);
const overlapMs = minutes(1);

/**
 * What of the remarks has to be read now; null: nothing was said since. The clocks of forge and service are never compared:
 * a change counts as seen once a look that came later than it by our own clock found no other. Pure.
 * @param changedAt the pull request's last change as the forge says now; undefined: it does not say, and is asked each time
 */
export const remarksWindow = (
  { seenUpTo, changedAt: knownChange, knownSince }: Sight,
  changedAt: Instant | undefined,
  now: Instant,
): RemarksWindow | null => {
  if (changedAt === undefined) return { since: seenUpTo ?? null, seenUpTo: undefined };
  if (changedAt === seenUpTo) return null;
  const isSettled = knownChange === changedAt && now - knownSince >= settleMs;
  return {
    // A forge whose clock was put back has said things that are older than what was seen.
    since: seenUpTo === undefined || changedAt < seenUpTo ? null : seenUpTo,
    seenUpTo: isSettled ? changedAt : changedAt - overlapMs,
  };
};
