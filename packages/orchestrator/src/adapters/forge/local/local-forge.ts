import { pathToFileURL } from "node:url";
import { type Repository, repositorySlug } from "../../../core/project.ts";
import type { PullRequestDraft } from "../../../core/runs/effects.ts";
import type { Clock } from "../../../ports/clock.ts";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import type { Forge, PullRequest } from "../../../ports/forge.ts";
import type { LocalPullRequest, LocalPullRequests } from "../../../ports/local-pull-requests.ts";
import { createLanes } from "../../shared/one-at-a-time.ts";
import { checkRepository } from "./check-repository.ts";
import { listFilesOf, readFileOf } from "./contents.ts";
import { diffOf } from "./diff.ts";
import { createGit } from "./git.ts";
import { merge } from "./merge.ts";
import { observe } from "./observe.ts";
import { branchRef, type Refs, refsOf } from "./refs.ts";
import { repositoryPath } from "./repository-path.ts";

export interface LocalForgeOptions {
  /** `LOCAL_FORGE_DIR`: bare repositories at `<root>/<owner>/<name>.git`. */
  readonly root: string;
  readonly pullRequests: LocalPullRequests;
  readonly clock: Clock;
  /** Where to look for git, as in `PATH`. */
  readonly path?: string;
}

/** A code host of our own: git does the git, the store keeps the pull requests. */
export const createLocalForge = ({ root, pullRequests, clock, path }: LocalForgeOptions): Forge => {
  const git = createGit(path);
  const lanes = createLanes();

  /** There is no page of it to read: the URL leads to the repository. */
  const urlOf = (repository: Repository, number: number): string =>
    `${pathToFileURL(repositoryPath(root, repository)).href}#pull-${number}`;

  const asSeen = (
    repository: Repository,
    { number, title, body, head, base, state, draft }: LocalPullRequest,
  ): PullRequest => ({
    number,
    url: urlOf(repository, number),
    title,
    body,
    head,
    base,
    state,
    draft,
  });

  /** Reads and writes of one repository do not overlap: what is stored follows what git says. */
  const inRepository = <Result>(
    repository: Repository,
    work: (refs: Refs, directory: string, slug: string) => Promise<Result>,
  ): Promise<Result> => {
    const slug = repositorySlug(repository);
    return lanes.run(slug, () => {
      const directory = repositoryPath(root, repository);
      return work(refsOf(git, directory), directory, slug);
    });
  };

  const save = async (
    pullRequest: LocalPullRequest,
    change: Partial<LocalPullRequest>,
  ): Promise<LocalPullRequest> => {
    const changed = { ...pullRequest, ...change, updatedAt: clock.now() };
    await pullRequests.save(changed);
    return changed;
  };

  /** Once merged or closed it stays so, as on any forge. */
  const settled = async (refs: Refs, pullRequest: LocalPullRequest): Promise<LocalPullRequest> => {
    if (pullRequest.state !== "open") return pullRequest;
    const { kind } = await observe(refs, pullRequest);
    return kind === "open" ? pullRequest : save(pullRequest, { state: kind });
  };

  const required = async (refs: Refs, slug: string, number: number): Promise<LocalPullRequest> => {
    const found = await pullRequests.findByNumber(slug, number);
    if (found === null) throw permanent(`There is no pull request #${number} in ${slug}.`);
    return settled(refs, found);
  };

  const publish = (draft: PullRequestDraft): Promise<PullRequest> =>
    inRepository(draft.repository, async (refs, _, slug) => {
      const { title, body, head, base, draft: isDraft } = draft;
      const hasCommits = await requireBranches(refs, slug, draft);
      const newest = await pullRequests.findByHead(slug, head);
      const existing = newest === null ? null : await settled(refs, newest);
      if (existing?.state === "open")
        return asSeen(draft.repository, await save(existing, { title, body, base, draft: isDraft }));
      if (!hasCommits) {
        // Published, merged by a person, and now delivered again: the first delivery's pull request is the answer.
        if (existing?.state === "merged") return asSeen(draft.repository, existing);
        throw permanent(`Branch "${head}" of ${slug} has no commits that "${base}" lacks.`);
      }
      const content = { repository: slug, title, body, head, base, draft: isDraft, updatedAt: clock.now() };
      const opened = await pullRequests.open(content);
      if (opened === null)
        throw new DeliveryError(`Another process has just opened a pull request of "${head}" in ${slug}.`, {
          retryable: true,
        });
      return asSeen(draft.repository, await settled(refs, opened));
    });

  return {
    kind: "local",
    publish,
    // A file: URL, because git ignores depth and filter on a plain path.
    cloneAccess: async (repository) => ({ url: pathToFileURL(repositoryPath(root, repository)).href }),
    find: (repository, number) =>
      inRepository(repository, async (refs, _, slug) => {
        const found = await pullRequests.findByNumber(slug, number);
        return found === null ? null : asSeen(repository, await settled(refs, found));
      }),
    upsertComment: (repository, head, marker, body) =>
      inRepository(repository, async (_refs, _directory, slug) => {
        const found = await pullRequests.findByHead(slug, head);
        if (found === null) throw permanent(`Branch "${head}" of ${slug} has no pull request to comment on.`);
        const comment = { marker, body };
        const comments = found.comments.some((other) => other.marker === marker)
          ? found.comments.map((other) => (other.marker === marker ? comment : other))
          : [...found.comments, comment];
        await save(found, { comments });
      }),
    diff: (repository, number) =>
      inRepository(repository, async (refs, directory, slug) =>
        diffOf(git, refs, directory, await required(refs, slug, number)),
      ),
    merge: (repository, number) =>
      inRepository(repository, async (refs, directory, slug) => {
        const pullRequest = await required(refs, slug, number);
        const result = await merge({ git, refs, repository: directory, pullRequest, now: clock.now() });
        if (result.kind === "merged" && pullRequest.state !== "merged")
          await save(pullRequest, { state: "merged" });
        return result;
      }),
    check: (repository) => checkRepository(git, root, repository),
    readFile: async (repository, path) =>
      readFileOf({ git, directory: repositoryPath(root, repository), repository }, path),
    listFiles: async (repository, folder) =>
      listFilesOf({ git, directory: repositoryPath(root, repository), repository }, folder),
  };
};

/** Whether the head has commits that the base lacks. @throws DeliveryError (permanent) naming what is missing. */
const requireBranches = async (
  refs: Refs,
  slug: string,
  { head, base }: PullRequestDraft,
): Promise<boolean> => {
  const commits = [];
  for (const branch of [head, base]) {
    await refs.requireBranchName(branch);
    const commit = await refs.commitOf(branchRef(branch));
    if (commit === null) throw permanent(`There is no branch "${branch}" in ${slug}: push it first.`);
    commits.push(commit);
  }
  const [headCommit = "", baseCommit = ""] = commits;
  return !(await refs.isAncestor(headCommit, baseCommit));
};
