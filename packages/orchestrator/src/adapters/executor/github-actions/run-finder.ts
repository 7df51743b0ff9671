import type { Repository } from "../../../core/project.ts";
import type { AttemptHandle } from "../../../ports/executor.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import { type GithubClient, GithubError } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { earliestStart } from "./earliest-start.ts";
import { isRunOf } from "./is-run-of.ts";
import { type DispatchedRuns, listDispatchedRuns } from "./run-pages.ts";
import { type WorkflowRun, workflowRunSchema } from "./schema.ts";

/** What GitHub has of an attempt. */
export type FoundRuns =
  /** Oldest first. More than one: it was dispatched twice by accident, and the first is the attempt. */
  | { readonly kind: "found"; readonly runs: readonly [WorkflowRun, ...WorkflowRun[]] }
  /** Nowhere it was looked for; its lists may still lag behind. */
  | { readonly kind: "not-there" }
  /** More runs than GitHub lists were made since it began. */
  | { readonly kind: "out-of-reach" };

export interface RunFinder {
  /** Asked for many attempts of a repository at once, GitHub is asked for one list. @throws VendorError */
  find(attempt: AttemptHandle): Promise<FoundRuns>;
  /** Null: GitHub has no run of this id. @throws VendorError */
  read(repository: Repository, id: string): Promise<WorkflowRun | null>;
}

interface Waiting {
  readonly attempt: AttemptHandle;
  readonly resolve: (found: Promise<FoundRuns>) => void;
}

export const createRunFinder = (client: GithubClient): RunFinder => {
  const gathering = new Map<string, Waiting[]>();
  return {
    read: (repository, id) => readRun(client, repository, id),
    find: (attempt) =>
      new Promise((resolve) => {
        const key = repositoryApiPath(attempt.repository);
        const waiting = gathering.get(key);
        if (waiting !== undefined) {
          waiting.push({ attempt, resolve });
          return;
        }
        const together = [{ attempt, resolve }];
        gathering.set(key, together);
        setImmediate(() => {
          gathering.delete(key);
          findTogether(client, attempt.repository, together);
        });
      }),
  };
};

const findTogether = (client: GithubClient, repository: Repository, together: readonly Waiting[]): void => {
  const unnamed = together.filter(({ attempt }) => attempt.resource === null);
  // One run whose name is known is asked for by its name: that answer never lags.
  const listing =
    unnamed.length > 0 || together.length > 1
      ? listDispatchedRuns(client, repository, sinceWhen(unnamed.map(({ attempt }) => attempt)))
      : Promise.resolve(nothingListed);
  for (const { attempt, resolve } of together)
    resolve(listing.then((listed) => findOne(client, attempt, listed)));
};

const nothingListed: DispatchedRuns = { runs: [], reachesBack: false };

const sinceWhen = (unnamed: readonly AttemptHandle[]): number | null =>
  unnamed.length === 0 ? null : Math.min(...unnamed.map(earliestStart));

const findOne = async (
  client: GithubClient,
  attempt: AttemptHandle,
  { runs, reachesBack }: DispatchedRuns,
): Promise<FoundRuns> => {
  const { resource } = attempt;
  if (resource !== null) {
    const run =
      runs.find(({ id }) => id === resource.id) ?? (await readRun(client, attempt.repository, resource.id));
    return run === null ? { kind: "not-there" } : { kind: "found", runs: [run] };
  }
  const [first, ...others] = runs.filter((run) => isRunOf(attempt, run)).sort(byAge);
  if (first !== undefined) return { kind: "found", runs: [first, ...others] };
  return { kind: reachesBack ? "not-there" : "out-of-reach" };
};

const byAge = (one: WorkflowRun, other: WorkflowRun): number =>
  one.created_at - other.created_at || Number(one.id) - Number(other.id);

const readRun = async (
  client: GithubClient,
  repository: Repository,
  id: string,
): Promise<WorkflowRun | null> => {
  try {
    const path = repositoryApiPath(repository, "actions", "runs", id);
    const { json } = await client.read(repository, "work", { path });
    return parseAnswer(`the workflow run ${id}`, json, workflowRunSchema);
  } catch (error) {
    if (error instanceof GithubError && error.status === 404) return null;
    throw error;
  }
};
