import { noSha } from "../git-plumbing.ts";
import type { GithubCheck, GithubRepository } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import {
  accountJson,
  epoch,
  fullName,
  type Json,
  repositoryJson,
  repositoryPage,
  repositoryUrl,
} from "../render.ts";
import { checksOf, latestChecks, suiteConclusion } from "./check-suite.ts";
import { readCommit } from "./commits.ts";
import { pullMinimalJson } from "./render-pull.ts";

export const checkRunJson = (api: GithubApi, repository: GithubRepository, check: GithubCheck): Json => {
  const url = `${repositoryUrl(api, repository)}/check-runs/${check.id}`;
  const html = `${repositoryPage(api, repository)}/runs/${check.id}`;
  return {
    id: check.id,
    node_id: `CR_${check.id}`,
    external_id: "",
    head_sha: check.commit,
    name: check.name,
    url,
    html_url: html,
    details_url: html,
    status: check.conclusion === null ? "in_progress" : "completed",
    conclusion: check.conclusion,
    started_at: null,
    completed_at: null,
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: suiteId(repository, check.commit) },
    app: appJson(api),
    pull_requests: pullsOfCommit(api, repository, check.commit),
  };
};

/** The checks of a commit together. @throws Error where the repository has no such commit */
export const checkSuiteJson = (api: GithubApi, repository: GithubRepository, commit: string): Json => {
  const id = suiteId(repository, commit);
  const url = `${repositoryUrl(api, repository)}/check-suites/${id}`;
  const checks = latestChecks(repository, commit);
  const conclusion = suiteConclusion(checks);
  const facts = readCommit(repository, commit);
  return {
    id,
    node_id: `CS_${id}`,
    head_branch: branchOfCommit(repository, commit),
    head_sha: commit,
    status: conclusion === null ? "in_progress" : "completed",
    conclusion,
    url,
    before: facts.parents[0] ?? noSha,
    after: commit,
    pull_requests: pullsOfCommit(api, repository, commit),
    app: appJson(api),
    repository: repositoryJson(api, repository),
    created_at: facts.committer.date,
    updated_at: facts.committer.date,
    latest_check_runs_count: checks.length,
    check_runs_url: `${url}/check-runs`,
    head_commit: {
      id: commit,
      tree_id: facts.tree,
      message: facts.message,
      timestamp: facts.committer.date,
      author: { name: facts.author.name, email: facts.author.email },
      committer: { name: facts.committer.name, email: facts.committer.email },
    },
  };
};

/** One suite holds all checks of a commit, and begins with the first of them. */
const suiteId = (repository: GithubRepository, commit: string): number =>
  checksOf(repository, commit)[0]?.id ?? 0;

/** Pull requests from a fork are in no check: GitHub leaves them out, too. */
const pullsOfCommit = (api: GithubApi, repository: GithubRepository, commit: string): readonly Json[] =>
  ownPullsWith(repository, commit).map((pull) => pullMinimalJson(api, { repository, pull }));

const branchOfCommit = (repository: GithubRepository, commit: string): string | null =>
  ownPullsWith(repository, commit)[0]?.head ?? null;

const ownPullsWith = (repository: GithubRepository, commit: string) =>
  [...repository.pulls.values()].filter(
    ({ state, headSha, headRepository }) =>
      state === "open" && headSha === commit && headRepository === fullName(repository),
  );

/** Checks are the work of Apps; here all are of one. */
const appJson = (api: GithubApi): Json => {
  const { id, slug } = api.store.app;
  const html = `${api.url()}/apps/${slug}`;
  return {
    id,
    slug,
    node_id: `A_${id}`,
    owner: accountJson(api, slug, "Organization"),
    name: slug,
    description: "",
    external_url: html,
    html_url: html,
    created_at: epoch,
    updated_at: epoch,
    permissions: { checks: "write" },
    events: [],
  };
};
