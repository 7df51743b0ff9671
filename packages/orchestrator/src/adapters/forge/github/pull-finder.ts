import { type Repository, repositorySlug } from "../../../core/project.ts";
import type { PullRequest } from "../../../ports/forge.ts";
import type { Pulls } from "./pulls.ts";
import type { Pull } from "./schema.ts";
import { isOfOurRepository, toPullRequest } from "./to-pull-request.ts";

export type FindPull = (repository: Repository, number: number) => Promise<PullRequest | null>;

/**
 * Whoever reconciles asks for all open pull requests at once: those of one repository share one list of the hundred that
 * changed last, and only what is not on it is asked for by number. Of a fork's there is none here (§11.7).
 */
export const createPullFinder = (pulls: Pulls): FindPull => {
  const batches = new Map<string, { readonly numbers: Set<number>; readonly list: Promise<Listed> }>();

  const listLater = async (key: string, repository: Repository, numbers: Set<number>): Promise<Listed> => {
    // All that is asked for in this turn of the loop is there when the next one begins.
    await new Promise((resolve) => setImmediate(resolve));
    batches.delete(key);
    if (numbers.size < 2) return new Map();
    return new Map((await pulls.recent(repository)).map((pull) => [pull.number, pull]));
  };

  const batchOf = (repository: Repository) => {
    const key = repositorySlug(repository).toLowerCase();
    const known = batches.get(key);
    if (known !== undefined) return known;
    const numbers = new Set<number>();
    const batch = { numbers, list: listLater(key, repository, numbers) };
    batches.set(key, batch);
    return batch;
  };

  return async (repository, number) => {
    const { numbers, list } = batchOf(repository);
    numbers.add(number);
    const pull = (await list).get(number) ?? (await pulls.byNumber(repository, number));
    return pull !== null && isOfOurRepository(pull) ? toPullRequest(pull) : null;
  };
};

type Listed = ReadonlyMap<number, Pull>;
