import type { WorkflowExecution, WorkflowJobRequest } from "../api.ts";
import type { GithubWorkflowRun } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import { decideGroup } from "./concurrency.ts";
import { workflowRunEvent } from "./render-run.ts";
import type { RunDetail } from "./run-detail.ts";

export type Conclusion = NonNullable<GithubWorkflowRun["conclusion"]>;

export interface Runs {
  /** Oldest first. */
  all(): readonly RunDetail[];
  get(id: number): RunDetail | null;
  add(detail: RunDetail, cancelInProgress: boolean): void;
  /** Asks it to end: at once where nobody executes it. */
  cancel(detail: RunDetail): void;
  /** Ends it now, whoever executes it. */
  end(detail: RunDetail, conclusion: Conclusion): void;
  /** It runs, by a person's hand. */
  begin(detail: RunDetail): void;
  remove(detail: RunDetail): void;
  /** Resolves when no run is being executed. @throws AggregateError where the execution itself threw */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface RunsOptions {
  readonly api: GithubApi;
  readonly execute: WorkflowExecution | undefined;
  readonly requestOf: (detail: RunDetail) => WorkflowJobRequest;
}

/** GitHub's own limit of jobs at one time, on its smallest plan. */
const maxExecuting = 20;

export const createRuns = ({ api, execute, requestOf }: RunsOptions): Runs => {
  const details = new Map<number, RunDetail>();
  const executing = new Set<Promise<void>>();
  const ready: RunDetail[] = [];
  const broken: unknown[] = [];
  let closed = false;

  const emit = (detail: RunDetail, action: "requested" | "in_progress" | "completed"): void =>
    api.store.emit(workflowRunEvent(api, detail, action));
  const groupOf = ({ run, group }: RunDetail): readonly RunDetail[] =>
    group === null
      ? []
      : [...details.values()].filter(
          (other) =>
            other.group === group &&
            other.run.repository === run.repository &&
            other.run !== run &&
            other.run.status !== "completed",
        );

  const begin = (detail: RunDetail): void => {
    if (detail.run.status !== "queued") return;
    const now = api.now();
    detail.pending = false;
    detail.startedAt = now;
    detail.run.status = "in_progress";
    detail.run.updatedAt = now;
    emit(detail, "in_progress");
  };
  const end = (detail: RunDetail, conclusion: Conclusion): void => {
    if (detail.run.status === "completed") return;
    detail.pending = false;
    detail.run.status = "completed";
    detail.run.conclusion = conclusion;
    detail.run.updatedAt = api.now();
    detail.cancelled.abort();
    emit(detail, "completed");
    const [next] = groupOf(detail);
    if (next?.pending === true) release(next);
  };
  const release = (detail: RunDetail): void => {
    detail.pending = false;
    if (execute === undefined) return;
    ready.push(detail);
    next();
  };
  const next = (): void => {
    while (execute !== undefined && !closed && executing.size < maxExecuting) {
      const detail = ready.shift();
      if (detail === undefined) return;
      if (detail.run.status === "completed") continue;
      const work = perform(detail, execute).finally(() => {
        executing.delete(work);
        next();
      });
      executing.add(work);
    }
  };
  const perform = async (detail: RunDetail, how: WorkflowExecution): Promise<void> => {
    // The answer to the dispatch leaves before the run begins.
    await new Promise((resolve) => setImmediate(resolve));
    if (detail.run.status === "completed") return;
    detail.executing = true;
    begin(detail);
    const conclusion = await how(requestOf(detail)).catch((error: unknown) => {
      broken.push(error);
      return "failure" as const;
    });
    detail.executing = false;
    end(detail, detail.cancelled.signal.aborted ? "cancelled" : conclusion);
  };
  const cancel = (detail: RunDetail): void => {
    if (detail.run.status === "completed") return;
    detail.cancelled.abort();
    if (!detail.executing) end(detail, "cancelled");
  };
  return {
    all: () => [...details.values()],
    get: (id) => details.get(id) ?? null,
    begin,
    end,
    cancel,
    add(detail, cancelInProgress) {
      const { waits, cancels } = decideGroup(groupOf(detail), cancelInProgress);
      details.set(detail.run.id, detail);
      api.store.workflowRuns.set(detail.run.id, detail.run);
      detail.pending = waits;
      emit(detail, "requested");
      for (const other of cancels) cancel(other);
      // One that was cancelled here may have let this one go already.
      if (!waits) release(detail);
    },
    remove({ run }) {
      details.delete(run.id);
      api.store.workflowRuns.delete(run.id);
    },
    async idle() {
      while (executing.size > 0) await Promise.all(executing);
      if (broken.length > 0) throw new AggregateError(broken, "Workflow runs could not be executed");
    },
    async close() {
      closed = true;
      for (const { cancelled } of details.values()) cancelled.abort();
      await Promise.all(executing);
    },
  };
};
