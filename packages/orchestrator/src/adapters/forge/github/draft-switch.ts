import type { Repository } from "../../../core/project.ts";
import { isFailure } from "../../../ports/vendor-error.ts";
import type { GithubClient } from "../../shared/github/github-client.ts";
import type { Pull } from "./schema.ts";

const toDraft =
  "mutation($id: ID!) { convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft } } }";
const toReady =
  "mutation($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }";

/**
 * REST cannot change whether a pull request is a draft; GraphQL can, with `contents: write` beside
 * `pull_requests: write` (cli/cli discussion 6924).
 * @returns whether it is one now: a repository without drafts keeps it as it is
 */
export const createDraftSwitch =
  (client: GithubClient) =>
  async (repository: Repository, pull: Pull, draft: boolean): Promise<boolean> => {
    if (pull.draft === draft) return draft;
    try {
      const id = pull.node_id;
      await client.graphql(repository, "templates", draft ? toDraft : toReady, { id });
      return draft;
    } catch (error) {
      if (
        isFailure(error, "invalid") &&
        /drafts? (pull requests )?(is|are) not supported/i.test(error.message)
      )
        return pull.draft;
      throw error;
    }
  };
