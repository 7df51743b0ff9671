import { readWorkflowHeader, type WorkflowHeader } from "../../actions/workflow/workflow-header.ts";
import { WorkflowFileError } from "../../actions/workflow/workflow-yaml.ts";
import { branchSha } from "../git-plumbing.ts";
import type { GithubRepository, GithubStore } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import { type CommitFacts, readCommits } from "../pulls/commits.ts";
import { workflowsFolder } from "../push-rules.ts";

/** A workflow file at a commit. */
export interface CataloguedWorkflow {
  /** The same for the same file, whatever the commit. */
  readonly id: number;
  /** `claude-implement.yml`. */
  readonly file: string;
  /** `.github/workflows/claude-implement.yml`. */
  readonly path: string;
  readonly source: string;
  /** A file that GitHub cannot read has a reason instead. */
  readonly header: WorkflowHeader | { readonly problem: string };
}

/** The workflow files of a commit, and the commit itself. */
export interface CommitCatalogue {
  readonly commit: CommitFacts;
  readonly workflows: readonly CataloguedWorkflow[];
}

export interface Catalogue {
  /** Of the default branch, by name; none where it has no commit. */
  list(repository: GithubRepository): Promise<readonly CataloguedWorkflow[]>;
  at(repository: GithubRepository, sha: string): Promise<CommitCatalogue>;
}

/** A commit never changes: what was read once is kept, for this many commits. */
const maxKept = 500;

export const createCatalogue = (api: GithubApi): Catalogue => {
  const { store } = api;
  const ids = new Map<string, number>();
  const kept = new Map<string, Promise<CommitCatalogue>>();
  const idOf = (repository: GithubRepository, file: string): number => {
    const key = `${repository.id} ${file}`;
    const id = ids.get(key) ?? store.nextId();
    ids.set(key, id);
    return id;
  };
  const read = async (repository: GithubRepository, sha: string): Promise<CommitCatalogue> => {
    const [commits, files] = await Promise.all([
      readCommits(api, repository, [sha]),
      readFiles(store, repository, sha),
    ]);
    const [commit] = commits;
    if (commit === undefined) throw new Error(`There is no commit ${sha}`);
    const workflows = files.map(({ file, source }) => ({
      id: idOf(repository, file),
      file,
      path: `${workflowsFolder}/${file}`,
      source,
      header: headerOf(source),
    }));
    return { commit, workflows };
  };
  const at = (repository: GithubRepository, sha: string): Promise<CommitCatalogue> => {
    const key = `${repository.id} ${sha}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const reading = read(repository, sha);
    kept.set(key, reading);
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    return reading;
  };
  return {
    at,
    async list(repository) {
      const sha = await branchSha(repository.directory, repository.defaultBranch);
      return sha === null ? [] : (await at(repository, sha)).workflows;
    },
  };
};

const readFiles = async (
  store: GithubStore,
  repository: GithubRepository,
  sha: string,
): Promise<readonly { readonly file: string; readonly source: string }[]> => {
  const tree = await store.git(repository, ["ls-tree", "-z", "--name-only", sha, `${workflowsFolder}/`]);
  const paths = tree.split("\0").filter((path) => /\.ya?ml$/.test(path));
  return Promise.all(
    paths.map(async (path) => ({
      file: path.slice(workflowsFolder.length + 1),
      source: await store.git(repository, ["cat-file", "blob", `${sha}:${path}`]),
    })),
  );
};

const headerOf = (source: string): CataloguedWorkflow["header"] => {
  try {
    return readWorkflowHeader(source);
  } catch (error) {
    if (error instanceof WorkflowFileError) return { problem: error.message };
    throw error;
  }
};
