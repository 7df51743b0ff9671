import { jsonAnswer, type LoopbackAnswer } from "../shared/loopback-server.ts";
import { createResetWatch, type ResetWatch } from "../shared/reset-watch.ts";
import type { GithubEmulatorOptions } from "./api.ts";
import type { Caller } from "./model.ts";
import { createRateWindow, type RateWindow } from "./rate-window.ts";
import { errorBody } from "./refusal.ts";

export interface GithubLimits {
  /** It came before the time that an earlier refusal told this caller. */
  isEarly(caller: Caller, at: number): boolean;
  /** Counts a request against the hour and, by its points, against the minute. @returns the refusal, or null */
  request(caller: Caller, method: string): LoopbackAnswer | null;
  /** The request costs nothing after all: it was answered with 304. */
  refund(caller: Caller): void;
  /** Counts a content-creating request. @returns the refusal, or null */
  content(caller: Caller): LoopbackAnswer | null;
  /** Counts a run that is about to be queued. @returns the refusal, or null */
  run(caller: Caller): LoopbackAnswer | null;
  quota(caller: Caller): Quota;
  /** `X-RateLimit-*`, which every answer has. */
  headers(caller: Caller): Readonly<Record<string, string>>;
  /** The refusal of a secondary limit. */
  secondary(caller: Caller, status: 403 | 429, resetMs: number): LoopbackAnswer;
}

/** Of the hour that is under way. */
export interface Quota {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** In s since the epoch. */
  readonly reset: number;
}

export interface LimitsOptions {
  readonly limits: NonNullable<GithubEmulatorOptions["limits"]>;
  readonly now: () => number;
}

const hourMs = 60 * 60 * 1000;
const minuteMs = 60 * 1000;
/** Of who has no credential: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const requestsOfNobody = 60;

interface Budget {
  readonly hour: { readonly limit: number; used: number; endsAt: number };
  readonly points: RateWindow;
  readonly contentPerMinute: RateWindow;
  readonly contentPerHour: RateWindow;
  readonly runs: RateWindow;
  readonly watch: ResetWatch;
}

/** GitHub's limits, each installation for itself; the App's own requests are counted apart. */
export const createLimits = ({ limits, now }: LimitsOptions): GithubLimits => {
  const budgets = new Map<string, Budget>();
  const budgetOf = (caller: Caller): Budget => {
    const key = caller.kind === "installation" ? `installation ${caller.installation.id}` : caller.kind;
    const known = budgets.get(key);
    const budget = known ?? newBudget(limits, caller.kind === "nobody", now);
    if (known === undefined) budgets.set(key, budget);
    if (budget.hour.endsAt <= now()) Object.assign(budget.hour, { used: 0, endsAt: now() + hourMs });
    return budget;
  };
  const quota = (caller: Caller): Quota => {
    const { limit, used, endsAt } = budgetOf(caller).hour;
    return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(endsAt / 1000) };
  };
  const secondary: GithubLimits["secondary"] = (caller, status, resetMs) => {
    const resetAt = now() + resetMs;
    const message =
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    const headers = { "retry-after": String(Math.ceil(resetMs / 1000)) };
    const { watch } = budgetOf(caller);
    return { ...jsonAnswer(status, errorBody(status, message), headers), onSent: () => watch.told(resetAt) };
  };
  const primary = (caller: Caller): LoopbackAnswer => {
    const message = "API rate limit exceeded for installation.";
    const { watch, hour } = budgetOf(caller);
    const { endsAt } = hour;
    return { ...jsonAnswer(403, errorBody(403, message)), onSent: () => watch.told(endsAt) };
  };
  const within = (caller: Caller, status: 403 | 429, waitMs: number | null): LoopbackAnswer | null =>
    waitMs === null ? null : secondary(caller, status, waitMs);

  return {
    isEarly: (caller, at) => budgetOf(caller).watch.early(at),
    request(caller, method) {
      const { hour, points } = budgetOf(caller);
      if (hour.used >= hour.limit) return primary(caller);
      hour.used += 1;
      return within(caller, 429, points.spend(method === "GET" ? 1 : 5));
    },
    refund(caller) {
      const { hour } = budgetOf(caller);
      hour.used = Math.max(0, hour.used - 1);
    },
    content(caller) {
      const { contentPerMinute, contentPerHour } = budgetOf(caller);
      return within(caller, 403, contentPerMinute.spend(1) ?? contentPerHour.spend(1));
    },
    run: (caller) => within(caller, 403, budgetOf(caller).runs.spend(1)),
    quota,
    headers(caller) {
      const { limit, used, remaining, reset } = quota(caller);
      return {
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-used": String(used),
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(reset),
        "x-ratelimit-resource": "core",
      };
    },
    secondary,
  };
};

const newBudget = (limits: LimitsOptions["limits"], isNobody: boolean, now: () => number): Budget => {
  const { contentPerMinute = 80, contentPerHour = 500, pointsPerMinute = 900 } = limits;
  const { runsPer10s = 500, requestsPerHour = 5_000 } = limits;
  return {
    hour: { limit: isNobody ? requestsOfNobody : requestsPerHour, used: 0, endsAt: now() + hourMs },
    points: createRateWindow(pointsPerMinute, minuteMs, now),
    contentPerMinute: createRateWindow(contentPerMinute, minuteMs, now),
    contentPerHour: createRateWindow(contentPerHour, hourMs, now),
    runs: createRateWindow(runsPer10s, 10_000, now),
    watch: createResetWatch(),
  };
};
