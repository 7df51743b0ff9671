import type { PullStanding } from "@ai-implement/contracts";
import type { CheckRun, CombinedStatus, Pull, Review } from "./schema.ts";

export interface StandingFacts {
  readonly pull: Pull;
  readonly checkRuns: readonly CheckRun[];
  /** Null: the App may not read it. */
  readonly status: CombinedStatus | null;
  /** Oldest first. */
  readonly reviews: readonly Review[];
}

export const toStanding = ({ pull, checkRuns, status, reviews }: StandingFacts): PullStanding => {
  const verdicts = [...lastVerdicts(reviews).values()];
  return {
    mergeable: pull.mergeable ?? null,
    checks: checksOf(checkRuns, status),
    approvals: verdicts.filter((verdict) => verdict === "APPROVED").length,
    changesRequested: verdicts.filter((verdict) => verdict === "CHANGES_REQUESTED").length,
  };
};

const passing: ReadonlySet<string> = new Set(["success", "neutral", "skipped"]);

/** GitHub has two kinds of checks: runs, which Apps make, and statuses, which are older. One that fails decides. */
const checksOf = (checkRuns: readonly CheckRun[], status: CombinedStatus | null): PullStanding["checks"] => {
  const hasStatus = status !== null && status.total_count > 0;
  const ended = checkRuns.filter((run) => run.status === "completed");
  if (ended.some(({ conclusion }) => !passing.has(conclusion ?? ""))) return "failing";
  if (hasStatus && (status.state === "failure" || status.state === "error")) return "failing";
  if (ended.length < checkRuns.length || (hasStatus && status.state !== "success")) return "pending";
  return hasStatus || checkRuns.length > 0 ? "passing" : "none";
};

/** The last word of each person: a comment takes back no verdict, a dismissal does. */
const lastVerdicts = (reviews: readonly Review[]): ReadonlyMap<string, string> => {
  const verdicts = new Map<string, string>();
  for (const { user, state } of reviews)
    if (state !== "COMMENTED" && state !== "PENDING") verdicts.set(user?.login ?? "ghost", state);
  return verdicts;
};
