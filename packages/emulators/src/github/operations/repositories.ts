import { covers } from "../credentials.ts";
import { branchSha } from "../git-plumbing.ts";
import type { GithubLimits } from "../limits.ts";
import type { GithubRepository } from "../model.ts";
import { readCommits } from "../pulls/commits.ts";
import { notFound, refuse, unauthorized } from "../refusal.ts";
import { fullName, repositoryJson, repositoryPage, repositoryUrl, sameName, userJson } from "../render.ts";
import { commitJson } from "../render-commit.ts";
import { ok, pageOf, repositoryOf } from "./answers.ts";
import type { Operate, Operation } from "./operation.ts";

export const repositoryOperations = (limits: GithubLimits): readonly (readonly [string, Operation])[] => [
  ["repos/get", { needs: { metadata: "read" }, operate: getRepository }],
  ["repos/list-branches", { needs: { contents: "read" }, operate: listBranches }],
  ["repos/get-branch", { needs: { contents: "read" }, operate: getBranch }],
  ["repos/get-collaborator-permission-level", { needs: { metadata: "read" }, operate: getPermission }],
  ["apps/list-repos-accessible-to-installation", { needs: null, operate: listAccessible }],
  ["meta/get", { needs: null, operate: () => ok({ verifiable_password_authentication: false }) }],
  [
    "rate-limit/get",
    {
      needs: null,
      operate: (_, { caller }) => {
        const core = limits.quota(caller);
        return ok({ resources: { core, search: core }, rate: core });
      },
    },
  ],
];

const getRepository: Operate = (api, call) => {
  const { caller } = call;
  const may = caller.kind === "installation" ? caller.permissions : {};
  const permissions = {
    admin: may["administration"] === "write",
    maintain: false,
    push: may["contents"] === "write",
    triage: false,
    pull: may["contents"] !== undefined,
  };
  return ok({ ...repositoryJson(api, repositoryOf(api, call)), permissions });
};

const listBranches: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const listed = await api.store.git(repository, [
    "for-each-ref",
    "--format=%(refname:lstrip=2) %(objectname)",
    "refs/heads",
  ]);
  const wanted = call.query.get("protected");
  const branches = listed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", sha = ""] = line.split(" ");
      const commit = { sha, url: `${repositoryUrl(api, repository)}/commits/${sha}` };
      return { name, commit, protected: repository.protectedBranches.has(name) };
    })
    .filter((branch) => wanted === null || String(branch.protected) === wanted);
  const { items, headers } = pageOf(api, call, `/repos/${fullName(repository)}/branches`, branches);
  return ok(items, headers);
};

const getBranch: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const name = call.path["branch"] ?? "";
  const sha = await branchSha(repository.directory, name);
  if (sha === null) throw refuse(404, "Branch not found");
  const commits = await readCommits(api, repository, [sha]);
  const url = `${repositoryUrl(api, repository)}/branches/${encodeURIComponent(name)}`;
  const isProtected = repository.protectedBranches.has(name);
  return ok({
    name,
    commit: commits.map((commit) => commitJson(api, repository, commit))[0],
    _links: { self: url, html: `${repositoryPage(api, repository)}/tree/${encodeURIComponent(name)}` },
    protected: isProtected,
    protection: { enabled: isProtected },
    protection_url: `${url}/protection`,
  });
};

const getPermission: Operate = (api, call) => {
  const username = call.path["username"] ?? "";
  const permission = permissionOf(repositoryOf(api, call), username);
  const user = { ...userJson(api, username), role_name: permission };
  return ok({ permission, role_name: permission, user });
};

/** What a person may do; owners of a repository may do everything, who was never named may read. */
const permissionOf = ({ owner, permissions }: GithubRepository, login: string): string =>
  permissions.get(login.toLowerCase()) ?? (sameName(owner, login) ? "admin" : "read");

const listAccessible: Operate = (api, call) => {
  const { caller } = call;
  if (caller.kind === "nobody") throw unauthorized("Requires authentication");
  if (caller.kind === "app") throw notFound();
  const all = api.store.repositories.filter((one) => covers(caller, one));
  const { items, headers } = pageOf(api, call, "/installation/repositories", all);
  const repositories = items.map((one) => repositoryJson(api, one));
  const selection = caller.repositories === null && caller.installation.repositories === null;
  return ok(
    {
      total_count: all.length,
      repository_selection: selection ? "all" : "selected",
      repositories,
    },
    headers,
  );
};
