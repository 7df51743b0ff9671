import type { GithubRepository } from "./model.ts";
import type { GithubApi } from "./operations/operation.ts";
import type { CommitFacts } from "./pulls/commits.ts";
import { type Json, nodeId, repositoryPage, repositoryUrl } from "./render.ts";

const unverified: Json = {
  verified: false,
  reason: "unsigned",
  signature: null,
  payload: null,
  verified_at: null,
};

/** A commit as branches and comparisons show it. Who wrote it has no account here: git knows addresses only. */
export const commitJson = (api: GithubApi, repository: GithubRepository, commit: CommitFacts): Json => {
  const url = repositoryUrl(api, repository);
  const { sha, author, committer, message, tree, parents } = commit;
  return {
    url: `${url}/commits/${sha}`,
    sha,
    node_id: nodeId("C", Number.parseInt(sha.slice(0, 8), 16)),
    html_url: `${repositoryPage(api, repository)}/commit/${sha}`,
    comments_url: `${url}/commits/${sha}/comments`,
    commit: {
      url: `${url}/git/commits/${sha}`,
      author,
      committer,
      message,
      comment_count: 0,
      tree: { sha: tree, url: `${url}/git/trees/${tree}` },
      verification: unverified,
    },
    author: null,
    committer: null,
    parents: parents.map((parent) => parentJson(api, repository, parent, "commits")),
  };
};

/** A commit as the git data API shows it. */
export const gitCommitJson = (api: GithubApi, repository: GithubRepository, commit: CommitFacts): Json => {
  const url = repositoryUrl(api, repository);
  const { sha, author, committer, message, tree, parents } = commit;
  return {
    sha,
    node_id: nodeId("C", Number.parseInt(sha.slice(0, 8), 16)),
    url: `${url}/git/commits/${sha}`,
    html_url: `${repositoryPage(api, repository)}/commit/${sha}`,
    author,
    committer,
    message,
    tree: { sha: tree, url: `${url}/git/trees/${tree}` },
    parents: parents.map((parent) => parentJson(api, repository, parent, "git/commits")),
    verification: unverified,
  };
};

const parentJson = (api: GithubApi, repository: GithubRepository, sha: string, place: string): Json => ({
  sha,
  url: `${repositoryUrl(api, repository)}/${place}/${sha}`,
  html_url: `${repositoryPage(api, repository)}/commit/${sha}`,
});
