import type { Observation } from "../../../core/reconcile/reconcile-run.ts";
import { minutes } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import type { AttemptHandle, Executor } from "../../../ports/executor.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import { type GithubClient, GithubError } from "../../shared/github/github-client.ts";
import { createVendorGate } from "../../shared/vendor-gate.ts";
import { isAttemptId } from "./attempt-id.ts";
import { createDispatchWorkflow } from "./dispatch-workflow.ts";
import { isRunOf } from "./is-run-of.ts";
import { isCompleted, observationOfCompleted, observationOfLive } from "./observe-run.ts";
import { readResult } from "./result-artifact.ts";
import { createRunFinder } from "./run-finder.ts";
import type { WorkflowRun } from "./schema.ts";
import { type CallbackSettings, workflowInputs } from "./workflow-inputs.ts";

export interface GithubActionsExecutorOptions extends CallbackSettings {
  readonly client: GithubClient;
  readonly clock: Clock;
  /** How long GitHub's lists may lack a run that it has, in ms. Default 3 minutes; up to 2 were measured. */
  readonly listLagMs?: number;
}

/** Runs attempts as workflow runs of the target repository (§8.4). */
export const createGithubActionsExecutor = (options: GithubActionsExecutorOptions): Executor => {
  const { client, clock, callback, needsClaimToken, listLagMs = minutes(3) } = options;
  const dispatchWorkflow = createDispatchWorkflow(client, clock);
  const finder = createRunFinder(client);
  const store = createVendorGate({ vendor: "GitHub's store of artifacts", clock, concurrency: 5 });

  const observe = async (attempt: AttemptHandle): Promise<Observation> => {
    // It is recorded before GitHub is asked: there is nothing to look for.
    if (attempt.dispatchStartedAt === null && attempt.resource === null) return { kind: "absent" };
    const found = await finder.find(attempt);
    switch (found.kind) {
      case "found":
        return observeRun(attempt, found.runs[0]);
      case "out-of-reach":
        return { kind: "unknown", error: outOfReach(attempt) };
      case "not-there":
        return mayBeUnlisted(attempt)
          ? { kind: "unknown", error: "GitHub does not show the workflow run yet." }
          : { kind: "absent" };
    }
  };

  const mayBeUnlisted = ({ dispatchStartedAt }: AttemptHandle): boolean =>
    dispatchStartedAt !== null && clock.now() - dispatchStartedAt < listLagMs;

  const observeRun = async ({ repository }: AttemptHandle, run: WorkflowRun): Promise<Observation> =>
    isCompleted(run)
      ? observationOfCompleted(run, await readResult(client, store, repository, run.id))
      : observationOfLive(run);

  const destroy = async (attempt: AttemptHandle): Promise<void> => {
    const { resource, dispatchStartedAt, hasReported } = attempt;
    // It keeps its result now, and ends: cut off in that moment it would read as cancelled. Its job has a time limit.
    if (hasReported) return;
    if (resource !== null) return cancel(attempt, resource.id);
    if (dispatchStartedAt === null) return;
    const found = await finder.find(attempt);
    switch (found.kind) {
      case "found":
        for (const run of found.runs) if (!isCompleted(run)) await cancel(attempt, run.id);
        return;
      case "out-of-reach":
        throw permanent(outOfReach(attempt));
      case "not-there":
        if (mayBeUnlisted(attempt))
          throw new DeliveryError(
            "GitHub does not show the workflow run yet: it is cancelled when it does.",
            {
              retryable: true,
              retryAfterMs: listLagMs / 3,
            },
          );
    }
  };

  const cancel = async ({ repository }: AttemptHandle, id: string): Promise<void> => {
    try {
      const path = repositoryApiPath(repository, "actions", "runs", id, "cancel");
      await client.write(repository, "work", { method: "POST", path, counts: "plain" });
    } catch (error) {
      // 409: it has ended; 404: it, or its repository, is gone.
      if (!(error instanceof GithubError && (error.status === 409 || error.status === 404))) throw error;
    }
  };

  return {
    kind: "github-actions",
    bringsOwnModelCredential: true,
    dispatch: async (attempt) => {
      requireAttemptId(attempt);
      requireGithub(attempt);
      await client.requirePermissions(attempt.repository, permissionsFor(attempt));
      return dispatchWorkflow(attempt, await workflowInputs(attempt, { callback, needsClaimToken }));
    },
    observe: async (attempt) => {
      try {
        requireAttemptId(attempt);
        return await observe(attempt);
      } catch (error) {
        return { kind: "unknown", error: error instanceof Error ? error.message : String(error) };
      }
    },
    isAttempt: async (attempt, resourceId) => {
      requireAttemptId(attempt);
      const run = await finder.read(attempt.repository, resourceId);
      return run !== null && isRunOf(attempt, run);
    },
    destroy: async (attempt) => {
      requireAttemptId(attempt);
      return destroy(attempt);
    },
  };
};

/** It becomes part of what runs are told apart by. */
const requireAttemptId = ({ runId }: AttemptHandle): void => {
  if (!isAttemptId(runId)) throw permanent(`${JSON.stringify(runId)} is not a run id.`);
};

/** `RUNNER_MODE` can send any run here. */
const requireGithub = ({ repository: { forge, owner, name } }: AttemptHandle): void => {
  if (forge !== "github")
    throw permanent(
      `${owner}/${name} is on the ${forge} forge, and github-actions runs in repositories on GitHub: unset RUNNER_MODE, or give the project a repository on GitHub.`,
    );
};

/** All that a run comes to need: one that could not push, or whose pull request nobody could open, is not begun. */
const permissionsFor = ({ phase }: AttemptHandle) =>
  phase === "plan"
    ? ({ actions: "write", contents: "read" } as const)
    : ({ actions: "write", contents: "write", pull_requests: "write" } as const);

const outOfReach = ({ repository }: AttemptHandle): string =>
  `So many workflows were dispatched in ${repository.owner}/${repository.name} since the attempt began that GitHub does not list them all.`;
