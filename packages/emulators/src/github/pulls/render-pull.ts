import type { GithubPull, GithubRepository } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import {
  accountJson,
  apiUrl,
  fullName,
  type Json,
  repositoryJson,
  repositoryPage,
  repositoryUrl,
  sameName,
  timestamp,
  userJson,
} from "../render.ts";
import { latestChecks } from "./check-suite.ts";
import type { PullPlace } from "./compare.ts";
import { parseDiff } from "./diff.ts";

/** As lists and the webhooks of reviews show it. */
export const pullSimpleJson = (api: GithubApi, place: PullPlace): Json => {
  const { repository, pull } = place;
  return {
    ...pullLinks(api, place),
    id: pull.id,
    node_id: pullNodeId(pull),
    number: pull.number,
    state: pull.state,
    locked: false,
    active_lock_reason: null,
    title: pull.title,
    user: userJson(api, pull.author),
    body: pull.body === "" ? null : pull.body,
    labels: [],
    milestone: null,
    created_at: timestamp(pull.createdAt),
    updated_at: timestamp(pull.updatedAt),
    closed_at: pull.closedAt === null ? null : timestamp(pull.closedAt),
    merged_at: pull.merged === null ? null : timestamp(pull.merged.at),
    merge_commit_sha: pull.merged?.sha ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: {
      ...endJson(api, pull.headRepository, pull.head, pull.headSha),
      repo: headRepositoryJson(api, pull),
    },
    base: {
      ...endJson(api, fullName(repository), pull.base, pull.comparison.baseSha),
      repo: repositoryJson(api, repository),
    },
    author_association: associationOf(repository, pull.author),
    auto_merge: null,
    draft: pull.draft,
  };
};

/** As its own resource and its webhooks show it. */
export const pullJson = (api: GithubApi, place: PullPlace): Json => {
  const { repository, pull } = place;
  const files = parseDiff(pull.comparison.diff);
  const mergeable = pull.state === "open" ? pull.comparison.mergeable : null;
  return {
    ...pullSimpleJson(api, place),
    merged: pull.merged !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeableState(repository, pull),
    merged_by: pull.merged === null ? null : userJson(api, pull.merged.by),
    comments: pull.comments.length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: false,
    commits: pull.comparison.commits.length,
    additions: files.reduce((sum, { additions }) => sum + additions, 0),
    deletions: files.reduce((sum, { deletions }) => sum + deletions, 0),
    changed_files: files.length,
  };
};

/** As checks name it. */
export const pullMinimalJson = (api: GithubApi, { repository, pull }: PullPlace): Json => {
  const head = repositoryOfHead(api, pull) ?? repository;
  const repositoryMinimal = (one: GithubRepository): Json => ({
    id: one.id,
    url: repositoryUrl(api, one),
    name: one.name,
  });
  return {
    id: pull.id,
    number: pull.number,
    url: apiUrl(api, pullPath({ repository, pull })),
    head: { ref: pull.head, sha: pull.headSha, repo: repositoryMinimal(head) },
    base: { ref: pull.base, sha: pull.comparison.baseSha, repo: repositoryMinimal(repository) },
  };
};

/** The same for as long as the pull request exists. */
export const pullNodeId = ({ id }: GithubPull): string => `PR_${id}`;

/** Below the API's root, as the paths after it. */
export const repositoryPath = ({ repository }: PullPlace): string => `/repos/${fullName(repository)}`;

export const pullPath = (place: PullPlace): string => `${repositoryPath(place)}/pulls/${place.pull.number}`;

export const issuePath = (place: PullPlace): string => `${repositoryPath(place)}/issues/${place.pull.number}`;

export const pullHtmlUrl = (api: GithubApi, { repository, pull }: PullPlace): string =>
  `${repositoryPage(api, repository)}/pull/${pull.number}`;

/** What an author is to the repository, as far as its permissions tell. */
export const associationOf = (repository: GithubRepository, login: string): string => {
  if (sameName(repository.owner, login)) return "OWNER";
  const permission = repository.permissions.get(login.toLowerCase());
  return permission === "admin" || permission === "write" ? "COLLABORATOR" : "NONE";
};

/** Null once the fork is gone. */
export const repositoryOfHead = ({ store }: GithubApi, pull: GithubPull): GithubRepository | null => {
  const [owner = "", name = ""] = pull.headRepository.split("/");
  return store.find(owner, name);
};

/** Somebody approved and nobody who looked later wants changes: what a protected branch asks for. */
export const isApproved = ({ reviews }: GithubPull): boolean => {
  const verdicts = new Map<string, string>();
  for (const { author, state } of reviews)
    if (state !== "COMMENTED") verdicts.set(author.toLowerCase(), state);
  const last = [...verdicts.values()];
  return last.includes("APPROVED") && !last.includes("CHANGES_REQUESTED");
};

const mergeableState = (repository: GithubRepository, pull: GithubPull): string => {
  if (pull.state === "closed") return "unknown";
  if (!pull.comparison.mergeable) return "dirty";
  if (pull.draft) return "draft";
  if (repository.protectedBranches.has(pull.base) && !isApproved(pull)) return "blocked";
  const checks = latestChecks(repository, pull.headSha);
  return checks.some(({ conclusion }) => conclusion === null || conclusion === "failure")
    ? "unstable"
    : "clean";
};

const headRepositoryJson = (api: GithubApi, pull: GithubPull): Json | null => {
  const repository = repositoryOfHead(api, pull);
  return repository === null ? null : repositoryJson(api, repository);
};

const endJson = (api: GithubApi, repository: string, ref: string, sha: string): Json => {
  const owner = repository.split("/")[0] ?? "";
  return { label: `${owner}:${ref}`, ref, sha, user: accountJson(api, owner, "Organization") };
};

const pullLinks = (api: GithubApi, place: PullPlace): Json => {
  const url = apiUrl(api, pullPath(place));
  const issue = apiUrl(api, issuePath(place));
  const html = pullHtmlUrl(api, place);
  const repository = repositoryUrl(api, place.repository);
  const links = {
    html,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repository}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repository}/statuses/${place.pull.headSha}`,
  };
  const urls = Object.entries(links).map(([name, link]) => [`${name}_url`, link] as const);
  const hrefs = Object.entries({ self: url, ...links }).map(([name, href]) => [name, { href }] as const);
  return {
    url,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    ...Object.fromEntries(urls),
    _links: Object.fromEntries(hrefs),
  };
};
