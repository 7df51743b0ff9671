import { hours, type Instant, minutes, seconds } from "../../../core/time.ts";

/**
 * Linear counts requests, points and, for some fields, requests of that field; each in headers of its own. The reset
 * is in ms since the epoch. https://linear.app/developers/rate-limiting
 */
const budgets = ["requests", "complexity", "endpoint-requests"] as const;

/** The budgets are per hour: a reset that lies further ahead than this is none, and nor is one that is past. */
const longestHold = hours(2);
/** Where a budget is spent and nothing says credibly until when. */
const blindHold = minutes(1);

interface Budget {
  readonly remaining: number | null;
  /** Null: none is told, or none that can be believed. */
  readonly reset: Instant | null;
}

/** Until when nothing may be sent, because a budget is spent; null: all have something left, or none is told. */
export const spentUntil = (headers: Headers, now: Instant): Instant | null => {
  const spent = budgetsOf(headers, now).filter(({ remaining }) => remaining !== null && remaining <= 0);
  return latest(spent.map(({ reset }) => reset ?? now + blindHold));
};

/**
 * When a refusal for the rate limit ends, in ms from now. A request can cost more than the points that are left: where
 * no budget is at zero, the last reset counts.
 */
export const retryAfterMs = (headers: Headers, now: Instant): number => {
  const retryAfter = numberOf(headers, "retry-after");
  const until =
    spentUntil(headers, now) ??
    credible(retryAfter === null ? null : now + seconds(retryAfter), now) ??
    latest(budgetsOf(headers, now).map(({ reset }) => reset));
  return until === null ? blindHold : until - now;
};

const budgetsOf = (headers: Headers, now: Instant): readonly Budget[] =>
  budgets.map((budget) => ({
    remaining: numberOf(headers, `x-ratelimit-${budget}-remaining`),
    reset: resetOf(numberOf(headers, `x-ratelimit-${budget}-reset`), now),
  }));

/** Most APIs tell it in seconds: should Linear's, or a proxy's, it is understood. */
const resetOf = (told: number | null, now: Instant): Instant | null =>
  credible(told, now) ?? credible(told === null ? null : seconds(told), now);

const credible = (until: Instant | null, now: Instant): Instant | null =>
  until !== null && until > now && until <= now + longestHold ? until : null;

const latest = (times: readonly (Instant | null)[]): Instant | null => {
  const told = times.filter((time) => time !== null);
  return told.length === 0 ? null : Math.max(...told);
};

const numberOf = (headers: Headers, name: string): number | null => {
  const text = headers.get(name);
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};
