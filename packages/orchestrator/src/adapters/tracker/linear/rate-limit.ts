import { hours, type Instant, seconds } from "../../../core/time.ts";

/**
 * Linear counts requests, points and, for some fields, requests of that field; each in headers of its own. The reset
 * is in ms since the epoch. https://linear.app/developers/rate-limiting
 */
const budgets = ["requests", "complexity", "endpoint-requests"] as const;

/** The budgets are per hour: a reset that lies further ahead than this is no honest one. */
const longestHold = hours(2);

interface Budget {
  readonly remaining: number | null;
  readonly reset: Instant | null;
}

/** Until when nothing may be sent, because a budget is spent; null: all have something left, or none is told. */
export const spentUntil = (headers: Headers, now: Instant): Instant | null =>
  latest(
    budgetsOf(headers)
      .filter(({ remaining }) => remaining !== null && remaining <= 0)
      .map(({ reset }) => reset),
    now,
  );

/**
 * When a refusal for the rate limit ends, in ms from now. A request can cost more than the points that are left: where
 * no budget is at zero, the last reset counts.
 */
export const retryAfterMs = (headers: Headers, now: Instant): number | undefined => {
  const retryAfter = numberOf(headers, "retry-after");
  const asked = retryAfter === null ? null : now + seconds(retryAfter);
  const until =
    spentUntil(headers, now) ??
    latest([asked], now) ??
    latest(
      budgetsOf(headers).map(({ reset }) => reset),
      now,
    );
  return until === null ? undefined : until - now;
};

const budgetsOf = (headers: Headers): readonly Budget[] =>
  budgets.map((budget) => ({
    remaining: numberOf(headers, `x-ratelimit-${budget}-remaining`),
    reset: numberOf(headers, `x-ratelimit-${budget}-reset`),
  }));

const latest = (resets: readonly (Instant | null)[], now: Instant): Instant | null => {
  const ahead = resets.filter((reset) => reset !== null && reset > now) as readonly Instant[];
  return ahead.length === 0 ? null : Math.min(Math.max(...ahead), now + longestHold);
};

const numberOf = (headers: Headers, name: string): number | null => {
  const text = headers.get(name);
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};
