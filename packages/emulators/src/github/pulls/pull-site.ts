import type { GithubSite, RepositoryRef, SeenComment, SeenPullRequest } from "../api.ts";
import { branchSha, isAncestor } from "../git-plumbing.ts";
import type { GithubComment, GithubPull, GithubRepository } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import { addCheck } from "./checks.ts";
import { fetchHead, type PullPlace } from "./compare.ts";
import {
  addComment,
  addReview,
  allComments,
  deleteComment,
  editComment,
  type FoundComment,
  type NewReviewComment,
} from "./conversation.ts";
import { parseDiff, placeInDiff } from "./diff.ts";
import { closePull, openPull, openPullOf, reopenPull } from "./lifecycle.ts";
import { mergePull } from "./merge.ts";
import { trackPulls } from "./track-pulls.ts";

type PullSite = Pick<
  GithubSite,
  | "pullRequests"
  | "comments"
  | "reviewComments"
  | "openPullRequest"
  | "comment"
  | "editComment"
  | "deleteComment"
  | "review"
  | "merge"
  | "close"
  | "reopen"
  | "setCheck"
>;

/**
 * People's hands on pull requests; from here on, pull requests follow their branches, too: to be called once.
 * What a person could not do throws: it is a mistake of the test.
 */
export const createPullSite = (api: GithubApi): PullSite => {
  trackPulls(api);
  return {
    pullRequests: (repository) => [...repositoryAt(api, repository).pulls.values()].map(seenPull),
    comments: (repository, number) => pullAt(api, repository, number).pull.comments.map(seenComment),
    reviewComments: (repository, number) =>
      pullAt(api, repository, number).pull.reviewComments.map(seenComment),
    openPullRequest: (repository, options) => openByHand(api, repositoryAt(api, repository), options),
    comment: (repository, number, author, body) =>
      addComment(api, pullAt(api, repository, number), author, body).id,
    editComment(repository, id, body) {
      const { place, comment } = commentAt(api, repository, id);
      editComment(api, place, comment, body, comment.author);
    },
    deleteComment(repository, id) {
      const { place, comment } = commentAt(api, repository, id);
      deleteComment(api, place, comment, comment.author);
    },
    review: (repository, number, review) => reviewByHand(api, pullAt(api, repository, number), review),
    merge: (repository, number, by) => mergeByHand(api, pullAt(api, repository, number), by),
    close: (repository, number, by) => closePull(api, pullAt(api, repository, number), by),
    reopen(repository, number, by) {
      const place = pullAt(api, repository, number);
      if (place.pull.merged !== null) throw new Error(`#${number} is merged and cannot be reopened`);
      if (place.pull.state === "closed" && openPullOf(place.repository, place.pull) !== null)
        throw new Error(`Another pull request took the place of #${number}`);
      reopenPull(api, place, by);
    },
    setCheck(repository, commit, { name, conclusion }) {
      addCheck(api, repositoryAt(api, repository), { commit, name, conclusion }, api.store.app.login);
    },
  };
};

const repositoryAt = ({ store }: GithubApi, { owner, name }: RepositoryRef): GithubRepository => {
  const repository = store.find(owner, name);
  if (repository === null) throw new Error(`There is no repository ${owner}/${name}`);
  return repository;
};

const pullAt = (api: GithubApi, reference: RepositoryRef, number: number): PullPlace => {
  const repository = repositoryAt(api, reference);
  const pull = repository.pulls.get(number);
  if (pull === undefined)
    throw new Error(`${reference.owner}/${reference.name} has no pull request #${number}`);
  return { repository, pull };
};

const commentAt = (api: GithubApi, reference: RepositoryRef, id: number): FoundComment<GithubComment> => {
  const found = allComments(repositoryAt(api, reference)).find(({ comment }) => comment.id === id);
  if (found === undefined) throw new Error(`${reference.owner}/${reference.name} has no comment ${id}`);
  return found;
};

const openByHand = async (
  api: GithubApi,
  repository: GithubRepository,
  options: Parameters<GithubSite["openPullRequest"]>[1],
): Promise<number> => {
  const { head: branch, base = repository.defaultBranch, title, body = "", author, headRepository } = options;
  const [owner = "", name = ""] = headRepository?.split("/") ?? [repository.owner, repository.name];
  const head = { repository: repositoryAt(api, { owner, name }), branch };
  const headSha = await fetchHead(api, repository, head);
  const baseSha = await branchSha(repository.directory, base);
  if (headSha === null || baseSha === null)
    throw new Error(`There is no branch ${headSha === null ? branch : base}`);
  if (await isAncestor(repository.directory, headSha, baseSha))
    throw new Error(`There are no commits between ${base} and ${branch}`);
  const wanted = { head, headSha, base, baseSha, title, body, draft: false, author };
  const pull = await openPull(api, repository, wanted);
  if (pull === null) throw new Error(`There is a pull request for ${owner}:${branch} already`);
  return pull.number;
};

const states = {
  approved: "APPROVED",
  changes_requested: "CHANGES_REQUESTED",
  commented: "COMMENTED",
} as const;

const reviewByHand = (
  api: GithubApi,
  target: PullPlace,
  { author, state, body = "", comments = [] }: Parameters<GithubSite["review"]>[2],
): ReturnType<GithubSite["review"]> => {
  const files = parseDiff(target.pull.comparison.diff);
  const placed = comments.map((comment): NewReviewComment => {
    const place = placeInDiff(files, comment.path, comment.line);
    if (place === null)
      throw new Error(`${comment.path}:${comment.line} is not in the diff of #${target.pull.number}`);
    return { ...comment, place };
  });
  const added = addReview(api, target, { author, state: states[state], body, comments: placed });
  return { id: added.review.id, comments: added.comments.map(({ id }) => id) };
};

/** An administrator can merge past the protection of a branch. */
const mergeByHand = async (api: GithubApi, place: PullPlace, by: string): Promise<void> => {
  const { kind } = await mergePull(api, place, { by });
  if (kind !== "merged") throw new Error(`#${place.pull.number} was not merged: ${kind}`);
};

const seenPull = (pull: GithubPull): SeenPullRequest => ({
  number: pull.number,
  title: pull.title,
  body: pull.body,
  head: pull.head,
  base: pull.base,
  state: pull.state,
  merged: pull.merged !== null,
  draft: pull.draft,
  author: pull.author,
  headRepository: pull.headRepository,
});

const seenComment = ({ id, author, body, reactions }: GithubComment): SeenComment => ({
  id,
  author,
  body,
  reactions: reactions.map(({ content, author: by }) => ({ content, author: by })),
});
