import { type Repository, repositorySlug } from "../../../core/project.ts";
import { permanent } from "../../../ports/delivery-error.ts";
import { isFailure } from "../../../ports/vendor-error.ts";
import { repositoryApiPath, segmentsOf } from "../../shared/github/api-path.ts";
import type { GithubClient } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { contentSchema } from "./schema.ts";

export interface Contents {
  /** As `Forge.readFile`. */
  readFile(repository: Repository, path: string): Promise<string | null>;
  /** As `Forge.listFiles`. */
  listFiles(repository: Repository, folder: string): Promise<readonly string[]>;
}

const mostBytes = 1024 * 1024;

export const createContents = (client: GithubClient): Contents => {
  /** Null: GitHub answered that there is nothing at this path. */
  const contentOf = async (repository: Repository, path: string) => {
    const { defaultBranch } = repository;
    try {
      const { json } = await client.read(repository, "work", {
        path: repositoryApiPath(repository, "contents", ...segmentsOf(path)),
        query: { ref: defaultBranch },
      });
      return parseAnswer(`${path} in ${repositorySlug(repository)}`, json, contentSchema);
    } catch (error) {
      if (!isFailure(error, "not-found")) throw error;
      if (/no commit found/i.test(error.message))
        throw permanent(
          `There is no branch "${defaultBranch}" in ${repositorySlug(repository)}: correct the project's defaultBranch.`,
          error,
        );
      return null;
    }
  };

  return {
    readFile: async (repository, path) => {
      const found = await contentOf(repository, path);
      if (found === null || Array.isArray(found) || found.type !== "file") return null;
      if (found.size > mostBytes || found.encoding !== "base64")
        throw permanent(`${path} in ${repositorySlug(repository)} is larger than ${mostBytes} bytes.`);
      return Buffer.from(found.content ?? "", "base64").toString("utf8");
    },
    listFiles: async (repository, folder) => {
      const found = await contentOf(repository, folder);
      if (!Array.isArray(found)) return [];
      return found.filter(({ type }) => type === "file").map(({ name }) => name);
    },
  };
};
