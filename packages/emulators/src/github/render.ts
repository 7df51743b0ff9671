import type { GithubRepository, GithubStore } from "./model.ts";
import type { GithubApi } from "./operations/operation.ts";

export type Json = Readonly<Record<string, unknown>>;

type Roots = Pick<GithubApi, "url">;

/** An ID as GraphQL has it: what it names can be read from it by nobody but GitHub. */
export const nodeId = (prefix: string, id: number): string =>
  `${prefix}_${Buffer.from(`0:${prefix}${id}`).toString("base64url")}`;

/** When GitHub says that everything began: nothing in an answer may change while its subject does not. */
export const epoch = "2026-01-01T00:00:00Z";

/** GitHub's times have no milliseconds. */
export const timestamp = (at: number): string =>
  new Date(Math.floor(at / 1000) * 1000).toISOString().replace(".000Z", "Z");

/** An account's id: the same for the same login, as it is everywhere. */
export const accountId = (login: string): number => {
  let hash = 7;
  for (const byte of Buffer.from(login.toLowerCase())) hash = (hash * 31 + byte) % 1_000_003;
  return 1_000 + hash;
};

/** A person, or an App where the login ends in `[bot]`. */
export const userJson = (api: Roots, login: string): Json =>
  accountJson(api, login, login.endsWith("[bot]") ? "Bot" : "User");

/** Owners of repositories are organisations. */
export const accountJson = (api: Roots, login: string, type: "Bot" | "Organization" | "User"): Json => {
  const name = encodeURIComponent(login);
  const url = apiUrl(api, `/users/${name}`);
  return {
    login,
    id: accountId(login),
    node_id: nodeId("U", accountId(login)),
    avatar_url: `${api.url()}/avatars/${accountId(login)}`,
    gravatar_id: "",
    url,
    html_url: `${api.url()}/${name}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
};

/** @param path below the API's root: `/repos/acme/tally` */
export const apiUrl = (api: Roots, path: string): string => `${api.url()}/api/v3${path}`;

/** Logins and names of repositories are the same in any case. */
export const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export const fullName = ({ owner, name }: Pick<GithubRepository, "owner" | "name">): string =>
  `${owner}/${name}`;

/** `http://127.0.0.1:PORT/api/v3/repos/acme/tally`. */
export const repositoryUrl = (api: Roots, repository: GithubRepository): string =>
  apiUrl(api, `/repos/${fullName(repository)}`);

/** `http://127.0.0.1:PORT/acme/tally`. */
export const repositoryPage = (api: Roots, repository: GithubRepository): string =>
  `${api.url()}/${fullName(repository)}`;

/** What is appended to a repository's URL, by the name of the field. */
const links = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

type RepositoryRoots = Roots & { readonly store: Pick<GithubStore, "repositories"> };

/** A repository as it stands inside of runs and checks: who it is, and where its parts lie. */
export const minimalRepositoryJson = (api: RepositoryRoots, repository: GithubRepository): Json => {
  const { id, owner, name } = repository;
  const url = repositoryUrl(api, repository);
  const appended = Object.entries(links).map(([field, path]) => [field, `${url}${path}`] as const);
  return {
    id,
    node_id: nodeId("R", id),
    name,
    full_name: fullName(repository),
    private: true,
    owner: accountJson(api, owner, "Organization"),
    html_url: repositoryPage(api, repository),
    description: null,
    fork: isFork(api.store.repositories, repository),
    url,
    ...Object.fromEntries(appended),
  };
};

/** A repository whole, as `GET /repos/{owner}/{repo}` has it. */
export const repositoryJson = (api: RepositoryRoots, repository: GithubRepository): Json => {
  const page = repositoryPage(api, repository);
  const openPulls = [...repository.pulls.values()].filter(({ state }) => state === "open").length;
  return {
    ...minimalRepositoryJson(api, repository),
    visibility: "private",
    git_url: page.replace("http:", "git:"),
    ssh_url: `git@127.0.0.1:${fullName(repository)}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    ...counts(openPulls),
    default_branch: repository.defaultBranch,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    pushed_at: epoch,
    created_at: epoch,
    updated_at: epoch,
  };
};

const counts = (openIssues: number): Json => ({
  size: 1,
  forks: 0,
  forks_count: 0,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
  subscribers_count: 0,
  network_count: 0,
  open_issues: openIssues,
  open_issues_count: openIssues,
});

/** A fork is a repository that bears the name of an older one, of another owner. */
const isFork = (all: readonly GithubRepository[], { id, name, owner }: GithubRepository): boolean =>
  all.some((other) => other.name === name && other.owner !== owner && other.id < id);
