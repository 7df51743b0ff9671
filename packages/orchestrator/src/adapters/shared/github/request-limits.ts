import { hours, type Instant, minutes, seconds } from "../../../core/time.ts";
import type { GithubWrite } from "./github-client.ts";

interface Limit {
  readonly words: string;
  readonly most: number;
  readonly windowMs: number;
}

/** GitHub's, per installation (docs.github.com, "Rate limits for the REST API" and "Usage limits" of Actions). */
const limits = {
  points: { words: "900 points a minute", most: 900, windowMs: minutes(1) },
  contentPerMinute: { words: "80 content-creating requests a minute", most: 80, windowMs: minutes(1) },
  contentPerHour: { words: "500 content-creating requests an hour", most: 500, windowMs: hours(1) },
  workflowRuns: { words: "500 workflow runs in 10 s", most: 500, windowMs: seconds(10) },
} as const satisfies Record<string, Limit>;

type LimitName = keyof typeof limits;
const names = Object.keys(limits) as readonly LimitName[];

/** GitHub counts when a request arrives, and two may be under way for different times. */
const marginMs = seconds(1);

interface Spent {
  readonly at: Instant;
  readonly cost: number;
}

/** What was sent lately, oldest first, by limit. */
export type Spending = Readonly<Record<LimitName, readonly Spent[]>>;

export const nothingSpent: Spending = {
  points: [],
  contentPerMinute: [],
  contentPerHour: [],
  workflowRuns: [],
};

export interface Countable {
  readonly method: "GET" | GithubWrite["method"];
  readonly counts: GithubWrite["counts"];
}

export type Admission =
  | { readonly kind: "admitted"; readonly spending: Spending }
  /** It would pass the limit; so many ms later it would not. */
  | { readonly kind: "refused"; readonly limit: string; readonly retryAfterMs: number };

/** May this be sent now? Pure; nothing is counted of what is refused. */
export const admit = (spending: Spending, request: Countable, now: Instant): Admission => {
  const costs = costsOf(request);
  const recent = recentOf(spending, now);
  for (const name of names) {
    const wait = waitFor(recent[name], limits[name], costs[name], now);
    if (wait > 0) return { kind: "refused", limit: limits[name].words, retryAfterMs: wait };
  }
  return { kind: "admitted", spending: mapLimits((name) => plus(recent[name], costs[name], now)) };
};

const costsOf = ({ method, counts }: Countable): Readonly<Record<LimitName, number>> => ({
  points: method === "GET" ? 1 : 5,
  contentPerMinute: counts === "content" ? 1 : 0,
  contentPerHour: counts === "content" ? 1 : 0,
  workflowRuns: counts === "workflow-run" ? 1 : 0,
});

const recentOf = (spending: Spending, now: Instant): Spending =>
  mapLimits((name) => {
    const since = now - limits[name].windowMs - marginMs;
    const [oldest] = spending[name];
    return oldest === undefined || oldest.at > since
      ? spending[name]
      : spending[name].filter(({ at }) => at > since);
  });

/** In ms; 0: now. */
const waitFor = (spent: readonly Spent[], limit: Limit, cost: number, now: Instant): number => {
  let excess = spent.reduce((sum, each) => sum + each.cost, cost) - limit.most;
  if (cost === 0 || excess <= 0) return 0;
  for (const each of spent) {
    excess -= each.cost;
    // A clock that was set back must not make the wait longer than the window.
    if (excess <= 0) return Math.min(each.at - now, 0) + limit.windowMs + marginMs;
  }
  return limit.windowMs + marginMs;
};

const plus = (spent: readonly Spent[], cost: number, at: Instant): readonly Spent[] =>
  cost === 0 ? spent : [...spent, { at, cost }];

const mapLimits = (spentOf: (name: LimitName) => readonly Spent[]): Spending => ({
  points: spentOf("points"),
  contentPerMinute: spentOf("contentPerMinute"),
  contentPerHour: spentOf("contentPerHour"),
  workflowRuns: spentOf("workflowRuns"),
});
