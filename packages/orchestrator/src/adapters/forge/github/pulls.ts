import { type Repository, repositorySlug } from "../../../core/project.ts";
import { isFailure } from "../../../ports/vendor-error.ts";
import { accessError, notGiven } from "../../shared/github/access-problems.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import type { GithubClient, TokenPurpose } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { type Pull, pullSchema, pullsSchema } from "./schema.ts";
import { isOfOurRepository } from "./to-pull-request.ts";

/** Reads pull requests. Every method: @throws VendorError */
export interface Pulls {
  /** Those of this head in the repository itself, newest first. */
  ofHead(repository: Repository, head: string, purpose: TokenPurpose): Promise<readonly Pull[]>;
  /** The hundred that changed last, forks' among them. */
  recent(repository: Repository): Promise<readonly Pull[]>;
  /** Null: GitHub answered that there is none. */
  byNumber(repository: Repository, number: number): Promise<Pull | null>;
}

export const createPulls = (client: GithubClient): Pulls => {
  const list = async (
    repository: Repository,
    purpose: TokenPurpose,
    query: Readonly<Record<string, string>>,
  ): Promise<readonly Pull[]> => {
    try {
      const path = repositoryApiPath(repository, "pulls");
      const { json } = await client.read(repository, purpose, {
        path,
        query: { ...query, direction: "desc", per_page: "100" },
      });
      return parseAnswer(`the pull requests of ${repositorySlug(repository)}`, json, pullsSchema);
    } catch (error) {
      // Every repository has this list: GitHub denies the repository.
      throw isFailure(error, "not-found") ? accessError(notGiven(repository), error) : error;
    }
  };

  return {
    ofHead: async (repository, head, purpose) => {
      const query = { head: `${repository.owner}:${head}`, state: "all", sort: "created" };
      const found = await list(repository, purpose, query);
      return found.filter((pull) => isOfOurRepository(pull) && pull.head.ref === head);
    },
    recent: (repository) => list(repository, "review", { state: "all", sort: "updated" }),
    byNumber: async (repository, number) => {
      try {
        const path = repositoryApiPath(repository, "pulls", number);
        return parsePull(repository, (await client.read(repository, "review", { path })).json);
      } catch (error) {
        if (isFailure(error, "not-found")) return null;
        throw error;
      }
    },
  };
};

export const parsePull = (repository: Repository, json: unknown): Pull =>
  parseAnswer(`a pull request of ${repositorySlug(repository)}`, json, pullSchema);
