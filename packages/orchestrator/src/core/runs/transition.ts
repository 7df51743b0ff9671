import type { RunReport } from "@ai-implement/contracts";
import {
  approvalComment,
  cancelledComment,
  failedComment,
  planComments,
  pullRequestComment,
} from "../messages/comments.ts";
import { gapAnalysisComment, gapAnalysisMarker, pullRequestDraft } from "../messages/pull-request.ts";
import { revisionFailedComment, revisionFailedMarker } from "../messages/review.ts";
import { type ExecutorResource, isTerminal, type Phase, type Run, type TerminalState } from "../run.ts";
import type { Stage, WantedStage } from "../ticket.ts";
import type { Instant } from "../time.ts";
import { destroyAttempt, type EffectIntent, postComment, setStage } from "./effects.ts";
import type { CancelCause, PullRequestRef, RunEvent } from "./events.ts";
import type { Failure } from "./failure.ts";
import { type ImplementedReport, isApproved } from "./outcome.ts";
import { type RetryPolicy, willRetry } from "./retry.ts";

export interface Transition {
  readonly run: Run;
  readonly effects: readonly EffectIntent[];
  /** False: the event did not apply. It is recorded all the same and changed nothing. */
  readonly applied: boolean;
}

export interface TransitionContext {
  readonly now: Instant;
  readonly retry: RetryPolicy;
}

/** The one place where a run changes (§5.3). A terminal run never does. */
export const transition = (run: Run, event: RunEvent, context: TransitionContext): Transition => {
  if (isTerminal(run.state)) return ignored(run);
  const { now } = context;
  switch (event.kind) {
    case "dispatch-started":
      return run.dispatchedAt === undefined && run.claimedBy === undefined
        ? moved({ ...run, state: "dispatching", dispatchStartedAt: now })
        : ignored(run);
    case "dispatched":
      return run.dispatchedAt === undefined || isNews(run, event.resource)
        ? moved({ ...withResource(run, event.resource), dispatchedAt: run.dispatchedAt ?? now })
        : ignored(run);
    case "started":
      return run.startedAt === undefined
        ? moved({
            ...withResource(run, event.resource),
            state: "running",
            dispatchedAt: run.dispatchedAt ?? now,
            startedAt: now,
          })
        : ignored(run);
    case "claimed":
      // The first claim wins; the same runner asking again already holds it (§8.1). A report ends the work.
      return run.claimedBy === undefined && run.report === undefined
        ? moved({
            ...withResource(run, event.resource),
            state: "running",
            claimedBy: event.instance,
            claimedAt: now,
            heartbeatAt: now,
          })
        : ignored(run);
    case "progressed":
      return run.claimedBy === event.instance ? moved({ ...run, heartbeatAt: now }) : ignored(run);
    case "reported":
      return reported(run, event.instance, event.report, context);
    case "published":
      return run.report?.outcome === "implemented"
        ? published(run, run.report, event.pullRequest, now)
        : ignored(run);
    case "publish-refused":
      return run.report === undefined
        ? ignored(run)
        : failed(run, "failed", { reason: "publish-refused", message: event.message }, context);
    case "dispatch-refused":
      // A runner that was seen, or its report, proves that the dispatch went through, whatever this answer says.
      return run.dispatchedAt === undefined && run.claimedBy === undefined && run.report === undefined
        ? failed(run, "failed", { reason: "dispatch-refused", message: event.message }, context)
        : ignored(run);
    case "lost":
      // A run that has reported waits for us, not for its machine.
      return run.report === undefined
        ? failed(run, "failed", { reason: "machine-lost", message: event.message }, context)
        : ignored(run);
    case "result-unusable":
      return run.report === undefined
        ? failed(run, "failed", { reason: "invalid-result", message: event.message }, context)
        : ignored(run);
    case "timed-out": {
      if (run.report !== undefined) return ignored(run);
      const reason = event.limit === "silence" ? "machine-lost" : "out-of-time";
      return failed(run, "timed_out", { reason, message: event.message }, context);
    }
    case "cancelled":
      return cancelled(run, event.cause, now);
  }
};

/** The first resource that an attempt is known by stays its own: another one is another machine. */
const isNews = (run: Run, resource: ExecutorResource | undefined): boolean =>
  run.resource === undefined && resource !== undefined;

const withResource = (run: Run, resource: ExecutorResource | undefined): Run =>
  resource === undefined || run.resource !== undefined ? run : { ...run, resource };

const ignored = (run: Run): Transition => ({ run, effects: [], applied: false });

const moved = (run: Run, effects: readonly EffectIntent[] = []): Transition => ({
  run,
  effects,
  applied: true,
});

const ended = (run: Run, state: TerminalState, now: Instant, effects: readonly EffectIntent[]): Transition =>
  moved({ ...run, state, endedAt: now }, [destroyAttempt(run), ...effects]);

const reported = (
  run: Run,
  instance: string | null,
  report: RunReport,
  context: TransitionContext,
): Transition => {
  const trusted = instance === null || instance === run.claimedBy;
  if (!trusted || run.report !== undefined) return ignored(run);
  const withReport: Run = { ...run, report, heartbeatAt: context.now };
  if (report.outcome === "failed")
    return failed(withReport, "failed", { reason: report.reason, message: report.message }, context);
  const expected = run.phase === "plan" ? "planned" : "implemented";
  if (report.outcome !== expected) {
    const message = `The runner of a ${run.phase} run reported "${report.outcome}".`;
    return failed(withReport, "failed", { reason: "invalid-result", message }, context);
  }
  if (report.outcome === "planned") return planned(withReport, report, context.now);
  if (report.branch !== run.branch) {
    const message = `The runner pushed the branch "${report.branch}" instead of "${run.branch}".`;
    return failed(withReport, "failed", { reason: "invalid-result", message }, context);
  }
  return moved(withReport, [
    {
      key: `publish:${run.id}`,
      ticketId: run.ticket.id,
      runId: run.id,
      effect: { kind: "publish-pull-request", runId: run.id, pullRequest: pullRequestDraft(run, report) },
    },
  ]);
};

const planned = (run: Run, report: Extract<RunReport, { outcome: "planned" }>, now: Instant): Transition => {
  const comments = planComments(report.plan).map(({ topic, body }) => postComment(run, topic, body));
  const waits = !run.settings.autoApprovePlans;
  return ended(run, "succeeded", now, [
    ...comments,
    ...(waits ? [postComment(run, "approval", approvalComment(run.ticket))] : []),
    setStage(run, waits ? "awaiting-approval" : "plan-complete"),
  ]);
};

const published = (
  run: Run,
  report: ImplementedReport,
  pullRequest: PullRequestRef,
  now: Instant,
): Transition => {
  const gaps = report.gapAnalysis;
  const { stopped } = report;
  // What was stopped has failed, although its work is there to be looked at: a person decides whether it goes on.
  const after: Run = stopped === undefined ? run : { ...run, failure: stopped };
  const state = isApproved(report) ? "succeeded" : stopped === undefined ? "review_failed" : "failed";
  return ended(after, state, now, [
    setStage(run, "pr-open"),
    postComment(run, "pull-request", pullRequestComment(run, report, pullRequest)),
    ...(gaps === undefined
      ? []
      : [onPullRequest(run, "gap-analysis", { marker: gapAnalysisMarker, body: gapAnalysisComment(gaps) })]),
  ]);
};

const failed = (
  run: Run,
  state: "failed" | "timed_out",
  failure: Failure,
  { now, retry }: TransitionContext,
): Transition => {
  const after: Run = { ...run, failure };
  // A failure that is tried again is told in the UI, not on the ticket: one comment per outcome, not per try.
  if (willRetry({ ...after, endedAt: now }, retry))
    return ended(after, state, now, [setStage(run, restingStage(run))]);
  return ended(after, state, now, [
    setStage(run, failedStage(run.phase)),
    postComment(run, "failed", failedComment(run, failure)),
    ...(run.phase === "revise" ? [onPullRequest(run, "revision-failed", revisionFailed(failure))] : []),
  ]);
};

/** A revision that failed leaves a pull request to review. */
const failedStage = (phase: Phase): Stage => {
  switch (phase) {
    case "plan":
      return "planning-failed";
    case "implement":
      return "implementing-failed";
    case "revise":
      return "pr-open";
  }
};

interface MarkedComment {
  readonly marker: string;
  readonly body: string;
}

const revisionFailed = ({ message }: Failure): MarkedComment => ({
  marker: revisionFailedMarker,
  body: revisionFailedComment(message),
});

const onPullRequest = (run: Run, topic: string, { marker, body }: MarkedComment): EffectIntent => ({
  key: `pull-request-comment:${run.id}:${topic}`,
  ticketId: run.ticket.id,
  runId: run.id,
  effect: { kind: "comment-pull-request", repository: run.repository, head: run.branch, marker, body },
});

const cancelled = (run: Run, cause: CancelCause, now: Instant): Transition => {
  if (cause === "ticket-gone") return ended(run, "cancelled", now, []);
  const stage = stageAfterCancel(run, cause);
  return ended(run, "cancelled", now, [
    ...(stage === null ? [] : [setStage(run, stage)]),
    postComment(run, "cancelled", cancelledComment(run, cause)),
  ]);
};

/** Null: how the pull request ended says where the ticket stands (§12). */
const stageAfterCancel = (run: Run, cause: Exclude<CancelCause, "ticket-gone">): WantedStage | null => {
  switch (cause) {
    case "operator":
    case "executor":
      return restingStage(run);
    case "ticket-closed":
    case "ticket-unmarked":
      return "cleared";
    case "pull-request-merged":
    case "pull-request-closed":
      return null;
  }
};

/** What the ticket shows while nothing works on it: where this run's phase began. */
const restingStage = ({ phase, settings }: Pick<Run, "phase" | "settings">): Stage => {
  if (phase === "revise") return "pr-open";
  return phase === "implement" && settings.planningEnabled ? "plan-complete" : "marked";
};
