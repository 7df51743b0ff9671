import { jsonAnswer, type LoopbackAnswer } from "../shared/loopback-server.ts";
import { createResetWatch, type ResetWatch } from "../shared/reset-watch.ts";

export interface LimitsOptions {
  readonly writesPerIssue: { readonly count: number; readonly windowMs: number };
  readonly now: () => number;
}

export interface JiraLimits {
  /** The request came after a 429 and before the time that it told. A limit on one issue binds writes to that issue only. */
  isEarly(at: number, writtenIssueId: string | null): boolean;
  /** The 429 for one write too many, or null: it is counted and may be done. */
  write(issueId: string): LoopbackAnswer | null;
  /** The 429 of the limit on everything. */
  burst(resetMs: number): LoopbackAnswer;
}

/** Jira Cloud's limits as its headers tell them. */
export const createLimits = ({ writesPerIssue, now }: LimitsOptions): JiraLimits => {
  const writes = new Map<string, readonly number[]>();
  const issueWatches = new Map<string, ResetWatch>();
  const watch = createResetWatch();

  const watchOf = (issueId: string): ResetWatch => {
    const issueWatch = issueWatches.get(issueId) ?? createResetWatch();
    issueWatches.set(issueId, issueWatch);
    return issueWatch;
  };
  const tooMany = (resetMs: number, reason: string, { told }: ResetWatch): LoopbackAnswer => {
    const resetAt = now() + resetMs;
    const headers = {
      "retry-after": String(Math.ceil(resetMs / 1000)),
      "x-ratelimit-reset": new Date(resetAt).toISOString(),
      "x-ratelimit-remaining": "0",
      "ratelimit-reason": reason,
    };
    const body = { errorMessages: ["Rate limit exceeded."], errors: {} };
    return { ...jsonAnswer(429, body, headers), onSent: () => told(resetAt) };
  };
  return {
    isEarly: (at, writtenIssueId) =>
      watch.early(at) || (writtenIssueId !== null && (issueWatches.get(writtenIssueId)?.early(at) ?? false)),
    write(issueId) {
      const { count, windowMs } = writesPerIssue;
      const recent = (writes.get(issueId) ?? []).filter((at) => at > now() - windowMs);
      const oldest = recent[recent.length - count];
      if (oldest !== undefined)
        return tooMany(oldest + windowMs - now(), "jira-per-issue-on-write", watchOf(issueId));
      writes.set(issueId, [...recent, now()]);
      return null;
    },
    burst: (resetMs) => tooMany(resetMs, "jira-burst-based", watch),
  };
};
