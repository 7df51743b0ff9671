import { createSerially } from "../git-lock.ts";
import { branchSha, isAncestor } from "../git-plumbing.ts";
import type { GithubRepository } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import { fullName, sameName } from "../render.ts";
import { compareCommits, fetchHead, keepHead, type PullPlace } from "./compare.ts";
import { closePull, synchronizePull } from "./lifecycle.ts";
import { repositoryOfHead } from "./render-pull.ts";

/**
 * Keeps open pull requests true to their branches. A push to a head synchronizes; a head or base that is gone, or a head
 * that has nothing of its own any more, closes; a head that reached its base by a push is merged. Git does not tell who
 * pushed, so the webhooks name the author of the pull request.
 */
export const trackPulls = (api: GithubApi): void => {
  const serially = createSerially();
  api.store.onRefsChanged((changed) => serially("pulls", () => bringUpToDate(api, changed)));
};

const bringUpToDate = async (api: GithubApi, changed: GithubRepository): Promise<void> => {
  for (const repository of api.store.repositories) {
    for (const pull of repository.pulls.values()) {
      const concerned = repository === changed || sameName(pull.headRepository, fullName(changed));
      if (concerned && isWaiting({ repository, pull })) await followBranches(api, { repository, pull });
    }
  }
};

/** Not while it is being merged: that ends with a state of its own. */
const isWaiting = ({ pull }: PullPlace): boolean => pull.state === "open" && pull.merged === null;

const followBranches = async (api: GithubApi, place: PullPlace): Promise<void> => {
  const { repository, pull } = place;
  const from = repositoryOfHead(api, pull);
  const baseSha = await branchSha(repository.directory, pull.base);
  const headSha =
    from === null ? null : await fetchHead(api, repository, { repository: from, branch: pull.head });
  if (baseSha === null || headSha === null) {
    if (isWaiting(place)) closePull(api, place, pull.author);
    return;
  }
  const isPushed = headSha !== pull.headSha;
  if (!isPushed && baseSha === pull.comparison.baseSha) return;
  if (isPushed) await keepHead(api, repository, pull.number, headSha);
  const isMerged = !isPushed && (await isAncestor(repository.directory, headSha, baseSha));
  const comparison = await compareCommits(api, repository, baseSha, headSha);
  if (!isWaiting(place)) return;
  if (isMerged) return closePull(api, place, pull.author, { sha: headSha });
  if (isPushed) synchronizePull(api, place, pull.author, { headSha, comparison });
  else pull.comparison = comparison;
  if (comparison.commits.length === 0) closePull(api, place, pull.author);
};
