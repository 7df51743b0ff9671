import type { ExecutorResource } from "../../../core/run.ts";
import { hours, type Instant } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { AttemptHandle } from "../../../ports/executor.ts";
import { isFailure } from "../../../ports/vendor-error.ts";
import { accessError, notGiven } from "../../shared/github/access-problems.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import { type GithubAnswer, type GithubClient, GithubError } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { dispatchFailure, refusesRunDetails } from "./dispatch-failure.ts";
import { dispatchedSchema } from "./schema.ts";
import type { WorkflowInputs } from "./workflow-inputs.ts";

/**
 * Starts a workflow on the default branch. Null: GitHub took it, and did not say as which run.
 * @throws DeliveryError, where its answer was lost a transient one: whether it runs is unknown then
 */
export type DispatchWorkflow = (
  attempt: AttemptHandle,
  inputs: WorkflowInputs,
) => Promise<ExecutorResource | null>;

/** An older GitHub is updated some day. */
const memoryMs = hours(1);

export const createDispatchWorkflow = (client: GithubClient, clock: Clock): DispatchWorkflow => {
  let namesNoRunsUntil: Instant = 0;
  const rememberOlderServer = (): void => {
    namesNoRunsUntil = clock.now() + memoryMs;
  };

  const send = (
    { repository, workflowFile }: AttemptHandle,
    inputs: WorkflowInputs,
    asksForRun: boolean,
  ): Promise<GithubAnswer> =>
    client.write(repository, "work", {
      method: "POST",
      path: repositoryApiPath(repository, "actions", "workflows", workflowFile, "dispatches"),
      body: { ref: repository.defaultBranch, inputs, ...(asksForRun ? { return_run_details: true } : {}) },
      counts: "workflow-run",
    });

  const dispatch: DispatchWorkflow = async (attempt, inputs) => {
    if (clock.now() < namesNoRunsUntil) return toResource(await send(attempt, inputs, false));
    try {
      const answer = await send(attempt, inputs, true);
      if (answer.status === 204) rememberOlderServer();
      return toResource(answer);
    } catch (error) {
      if (!refusesRunDetails(error)) throw error;
      rememberOlderServer();
      return toResource(await send(attempt, inputs, false));
    }
  };

  return async (attempt, inputs) => {
    try {
      return await dispatch(attempt, inputs);
    } catch (error) {
      if (error instanceof GithubError && error.status === 404) await requireRepository(client, attempt);
      throw dispatchFailure(error, attempt);
    }
  };
};

/** A repository that is gone is not found either, and that is another fault than a workflow that is missing in it. */
const requireRepository = async (client: GithubClient, { repository }: AttemptHandle): Promise<void> => {
  try {
    await client.read(repository, "work", { path: repositoryApiPath(repository) });
  } catch (error) {
    throw isFailure(error, "not-found") ? accessError(notGiven(repository), error) : error;
  }
};

const toResource = ({ status, json }: GithubAnswer): ExecutorResource | null => {
  if (status === 204) return null;
  const { workflow_run_id: id, html_url: url } = parseAnswer("a dispatched workflow", json, dispatchedSchema);
  return { id, url };
};
