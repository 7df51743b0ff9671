import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { NewRepository, Permissions } from "./api.ts";
import { commitFiles } from "./git-commit.ts";
import { initRepository, runGit } from "./git-plumbing.ts";
import type { GithubInstallation, GithubRepository, GithubStore } from "./model.ts";
import { fullName, sameName } from "./render.ts";

export interface GithubStoreOptions {
  readonly app: { readonly id: number; readonly slug: string };
  /** The repositories lie in it as `owner/name.git`. */
  readonly directory: string;
  readonly now: () => number;
  /** Sends a webhook. */
  readonly emit: GithubStore["emit"];
}

/** The store with what only people do. */
export interface EditableGithubStore extends GithubStore {
  readonly directory: string;
  /** With its first commit. @throws Error where the name is taken */
  addRepository(repository: NewRepository): Promise<GithubRepository>;
  removeRepository(repository: GithubRepository): Promise<void>;
  renameRepository(repository: GithubRepository, name: string): void;
  /** The App on an account, or what it may do there from now on. */
  install(
    account: string,
    repositories: readonly string[] | null,
    permissions: Permissions,
  ): GithubInstallation;
  uninstall(installation: GithubInstallation): void;
  installationOf(account: string): GithubInstallation | null;
  /** The one that covers a repository, or null. */
  installationFor(repository: GithubRepository): GithubInstallation | null;
}

export const createGithubStore = (options: GithubStoreOptions): EditableGithubStore => {
  const { directory, now, emit, app } = options;
  const repositories: GithubRepository[] = [];
  const installations: GithubInstallation[] = [];
  const formerNames = new Map<string, GithubRepository>();
  const listeners: ((repository: GithubRepository) => Promise<void>)[] = [];
  let lastId = 1_000;
  const nextId = (): number => {
    lastId += 1;
    return lastId;
  };
  const find = (owner: string, name: string): GithubRepository | null =>
    repositories.find((one) => sameName(one.owner, owner) && sameName(one.name, name)) ?? null;
  const installationOf = (account: string): GithubInstallation | null =>
    installations.find((one) => sameName(one.account, account)) ?? null;

  return {
    app: { ...app, login: `${app.slug}[bot]` },
    directory,
    repositories,
    installations,
    workflowRuns: new Map(),
    find,
    formerly: (owner, name) => formerNames.get(`${owner}/${name}`.toLowerCase()) ?? null,
    nextId,
    now,
    emit,
    installationOf,
    async git(repository, args, input) {
      const output = await runGit(repository.directory, args, input === undefined ? {} : { input });
      return output.toString("utf8");
    },
    async refsChanged(repository) {
      for (const listener of listeners) await listener(repository);
    },
    onRefsChanged(listener) {
      listeners.push(listener);
    },
    async addRepository(wanted) {
      if (find(wanted.owner, wanted.name) !== null)
        throw new Error(`There is a repository ${wanted.owner}/${wanted.name} already`);
      const repository = newRepository(nextId(), directory, wanted);
      repositories.push(repository);
      await initRepository(repository.directory, repository.defaultBranch);
      const { files = { "README.md": `# ${wanted.name}\n` } } = wanted;
      const author = { name: "Octo Cat", email: "octocat@github.com" };
      const first = { branch: repository.defaultBranch, start: null, message: "Initial commit", author };
      await commitFiles(repository.directory, { ...first, files, at: now() });
      return repository;
    },
    async removeRepository(repository) {
      repositories.splice(repositories.indexOf(repository), 1);
      await rm(repository.directory, { recursive: true, force: true });
    },
    renameRepository(repository, name) {
      formerNames.set(fullName(repository).toLowerCase(), repository);
      Object.assign(repository, { name });
    },
    install(account, covered, permissions) {
      const granted: Permissions = { metadata: "read", ...permissions };
      const known = installationOf(account);
      if (known !== null)
        return Object.assign(known, { repositories: covered, permissions: granted, suspended: false });
      const made = { id: nextId(), account, repositories: covered, permissions: granted, suspended: false };
      installations.push(made);
      return made;
    },
    uninstall(installation) {
      installations.splice(installations.indexOf(installation), 1);
    },
    installationFor(repository) {
      const installation = installationOf(repository.owner);
      return installation !== null && isInstalledOn(installation, repository) ? installation : null;
    },
  };
};

export const isInstalledOn = (
  { account, repositories }: Pick<GithubInstallation, "account" | "repositories">,
  { owner, name }: Pick<GithubRepository, "owner" | "name">,
): boolean =>
  sameName(account, owner) && (repositories === null || repositories.some((one) => sameName(one, name)));

const newRepository = (id: number, directory: string, wanted: NewRepository): GithubRepository => ({
  id,
  owner: wanted.owner,
  name: wanted.name,
  directory: join(directory, wanted.owner, `${wanted.name}.git`),
  defaultBranch: wanted.defaultBranch ?? "main",
  archived: wanted.archived ?? false,
  protectedBranches: new Set(),
  permissions: new Map(),
  secrets: new Map(),
  variables: new Map(),
  nextNumber: 1,
  pulls: new Map(),
  checks: [],
});
