import type { Repository } from "../../../core/project.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import { type GithubClient, GithubError } from "../../shared/github/github-client.ts";

/** In UTF-16 code units: more than a person reads, and small enough to keep in memory. */
export const maxDiffLength = 1024 * 1024;

/** Cut at `maxDiffLength`, with a notice. GitHub itself shows no diff of more than 20,000 lines or 300 files. @throws VendorError */
export const diffOf = async (
  client: GithubClient,
  repository: Repository,
  number: number,
): Promise<string> => {
  try {
    const path = repositoryApiPath(repository, "pulls", number);
    const { text } = await client.read(repository, "review", { path, accept: "application/vnd.github.diff" });
    return text.length <= maxDiffLength
      ? text
      : `${text.slice(0, maxDiffLength)}\n\n[The diff is longer than ${maxDiffLength} characters and was cut here.]\n`;
  } catch (error) {
    if (error instanceof GithubError && error.status === 406)
      return "[The diff is larger than GitHub shows: look at the files of the pull request.]\n";
    throw error;
  }
};
