import type { GithubSite, Permissions, RepositoryRef } from "./api.ts";
import { commitFiles } from "./git-commit.ts";
import type { Serially } from "./git-lock.ts";
import { branchSha, resolveCommit } from "./git-plumbing.ts";
import { entryAt, readBlob } from "./git-tree.ts";
import type { GithubInstallation, GithubRepository } from "./model.ts";
import { type EditableGithubStore, isInstalledOn } from "./store.ts";
import type { WebhookTeller } from "./webhooks.ts";

/** What people do to accounts and repositories. */
export type RepositorySite = Pick<
  GithubSite,
  | "addRepository"
  | "install"
  | "uninstall"
  | "suspend"
  | "archive"
  | "removeRepository"
  | "renameRepository"
  | "protect"
  | "setPermission"
  | "commit"
  | "file"
  | "branches"
  | "commits"
  | "deleteBranch"
>;

/** Every permission that a test could want. */
const allPermissions: Permissions = {
  actions: "write",
  administration: "read",
  checks: "write",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  secrets: "read",
  statuses: "write",
  workflows: "write",
};

const person = { name: "Octo Cat", email: "octocat@github.com" };

/** A person's hands. What a person could not do throws: it is a mistake of the test. */
export const createRepositorySite = (
  store: EditableGithubStore,
  serially: Serially,
  tellInstallation: WebhookTeller["tellInstallation"],
): RepositorySite => {
  const tell = (installation: GithubInstallation, action: "created" | "deleted" | "suspend"): void =>
    tellInstallation(
      installation,
      action,
      store.repositories.filter((one) => isInstalledOn(installation, one)),
    );
  const installed = (account: string): GithubInstallation => {
    const installation = store.installationOf(account);
    if (installation === null) throw new Error(`The App is not installed on ${account}`);
    return installation;
  };

  return {
    async addRepository(repository) {
      await store.addRepository(repository);
    },
    install(account, { repositories = null, permissions = allPermissions } = {}) {
      const isNew = store.installationOf(account) === null;
      const installation = store.install(account, repositories, permissions);
      if (isNew) tell(installation, "created");
    },
    uninstall(account) {
      const installation = installed(account);
      store.uninstall(installation);
      tell(installation, "deleted");
    },
    suspend(account) {
      const installation = installed(account);
      installation.suspended = true;
      tell(installation, "suspend");
    },
    archive(ref) {
      repositoryAt(store, ref).archived = true;
    },
    removeRepository: (ref) => store.removeRepository(repositoryAt(store, ref)),
    renameRepository: (ref, name) => store.renameRepository(repositoryAt(store, ref), name),
    protect(ref, branch) {
      repositoryAt(store, ref).protectedBranches.add(branch);
    },
    setPermission(ref, login, permission) {
      repositoryAt(store, ref).permissions.set(login.toLowerCase(), permission);
    },
    ...gitHands(store, serially),
  };
};

const gitHands = (
  store: EditableGithubStore,
  serially: Serially,
): Pick<RepositorySite, "commit" | "file" | "branches" | "commits" | "deleteBranch"> => ({
  async commit(ref, branch, files, message = "Change by hand") {
    const repository = repositoryAt(store, ref);
    const { directory, defaultBranch } = repository;
    const sha = await serially(directory, async () => {
      const start = await branchSha(directory, defaultBranch);
      return commitFiles(directory, { branch, start, files, message, author: person, at: store.now() });
    });
    await store.refsChanged(repository);
    return sha;
  },
  async file(ref, branch, path) {
    const { directory } = repositoryAt(store, ref);
    const commit = await resolveCommit(directory, branch);
    const entry = commit === null ? null : await entryAt(directory, commit, path);
    return entry?.type === "blob" ? (await readBlob(directory, entry.sha)).toString("utf8") : null;
  },
  async branches(ref) {
    const args = ["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"];
    return linesOf(await store.git(repositoryAt(store, ref), args));
  },
  async commits(ref, branch) {
    const args = ["log", "--format=%s", `refs/heads/${branch}`];
    return linesOf(await store.git(repositoryAt(store, ref), args));
  },
  async deleteBranch(ref, branch) {
    const repository = repositoryAt(store, ref);
    await store.git(repository, ["update-ref", "-d", `refs/heads/${branch}`]);
    await store.refsChanged(repository);
  },
});

const linesOf = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");

/** @throws Error where there is none */
export const repositoryAt = (
  store: Pick<EditableGithubStore, "find">,
  { owner, name }: RepositoryRef,
): GithubRepository => {
  const repository = store.find(owner, name);
  if (repository === null) throw new Error(`The site has no repository ${owner}/${name}`);
  return repository;
};
