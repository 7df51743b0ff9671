import { type Repository, repositorySlug } from "../../../core/project.ts";
import { isFailure } from "../../../ports/vendor-error.ts";
import { repositoryApiPath, segmentsOf } from "../../shared/github/api-path.ts";
import type { GithubClient } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { refSchema } from "./schema.ts";

export interface Branches {
  /** Null: GitHub answered that there is no such branch. @throws VendorError */
  commitOf(repository: Repository, branch: string): Promise<string | null>;
}

export const createBranches = (client: GithubClient): Branches => ({
  commitOf: async (repository, branch) => {
    try {
      const path = repositoryApiPath(repository, "git", "ref", "heads", ...segmentsOf(branch));
      const { json } = await client.read(repository, "review", { path });
      const what = `the branch ${branch} of ${repositorySlug(repository)}`;
      return parseAnswer(what, json, refSchema).object.sha;
    } catch (error) {
      // 409: "Git Repository is empty."
      if (isFailure(error, "not-found") || isEmpty(error)) return null;
      throw error;
    }
  },
});

const isEmpty = (error: unknown): boolean =>
  isFailure(error, "invalid") && /repository is empty/i.test(error.message);
