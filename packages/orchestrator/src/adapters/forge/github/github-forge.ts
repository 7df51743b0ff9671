import type { Clock } from "../../../ports/clock.ts";
import type { Forge } from "../../../ports/forge.ts";
import type { GithubClient } from "../../shared/github/github-client.ts";
import { createBranches } from "./branches.ts";
import { checkGithub } from "./check-github.ts";
import { createUpsertComment } from "./comments.ts";
import { createContents } from "./contents.ts";
import { diffOf } from "./diff.ts";
import { createProposer } from "./proposer.ts";
import { createPublisher } from "./publisher.ts";
import { createPullFinder } from "./pull-finder.ts";
import { createPulls } from "./pulls.ts";
import { createGithubReviews } from "./reviews.ts";
import { toPullRequest } from "./to-pull-request.ts";

export interface GithubForgeOptions {
  readonly client: GithubClient;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** GitHub as a code host (§12). */
export const createGithubForge = ({ client, clock = machineClock }: GithubForgeOptions): Forge => {
  const pulls = createPulls(client);
  const branches = createBranches(client);
  const publish = createPublisher({ client, pulls, branches });
  const { readFile, listFiles } = createContents(client);
  return {
    kind: "github",
    cloneAccess: async (repository) => ({ url: `${client.webUrl(repository)}.git` }),
    grant: client.grant,
    revoke: client.revoke,
    publish: async (draft) => toPullRequest((await publish(draft)).pull),
    find: createPullFinder(pulls),
    upsertComment: createUpsertComment(client, pulls),
    diff: (repository, number) => diffOf(client, repository, number),
    check: (repository) => checkGithub(client, branches, repository),
    readFile,
    listFiles,
    reviews: createGithubReviews({ client, pulls, clock }),
    propose: createProposer({ client, pulls, branches, publish }),
  };
};

const machineClock: Clock = { now: () => Date.now() };
