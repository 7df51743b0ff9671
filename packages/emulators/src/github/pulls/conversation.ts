import type {
  GithubComment,
  GithubReaction,
  GithubRepository,
  GithubReview,
  GithubReviewComment,
} from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import { sameName } from "../render.ts";
import type { PullPlace } from "./compare.ts";
import type { DiffPlace } from "./diff.ts";
import { issueCommentFields, reviewCommentFields, reviewFields } from "./payloads.ts";

/** Conversation comment by `author`. */
export const addComment = (api: GithubApi, place: PullPlace, author: string, body: string): GithubComment => {
  const comment = newComment(api, author, body);
  place.pull.comments.push(comment);
  touch(api, place);
  api.store.emit({
    name: "issue_comment",
    action: "created",
    repository: place.repository,
    sender: author,
    fields: issueCommentFields(api, place, comment),
  });
  return comment;
};

export const editComment = (
  api: GithubApi,
  place: PullPlace,
  comment: GithubComment,
  body: string,
  sender: string,
): void => {
  const from = comment.body;
  Object.assign(comment, { body, updatedAt: api.now() } satisfies Partial<GithubComment>);
  touch(api, place);
  api.store.emit({
    name: "issue_comment",
    action: "edited",
    repository: place.repository,
    sender,
    fields: { ...issueCommentFields(api, place, comment), changes: { body: { from } } },
  });
};

export const deleteComment = (
  api: GithubApi,
  place: PullPlace,
  comment: GithubComment,
  sender: string,
): void => {
  const { repository, pull } = place;
  const fields = issueCommentFields(api, place, comment);
  pull.comments.splice(pull.comments.indexOf(comment), 1);
  touch(api, place);
  api.store.emit({ name: "issue_comment", action: "deleted", repository, sender, fields });
};

/** An inline comment, once it was found where in the diff it belongs. */
export interface NewReviewComment {
  readonly path: string;
  readonly line: number;
  readonly body: string;
  readonly place: DiffPlace;
  readonly inReplyTo?: number;
}

export interface NewReview {
  readonly author: string;
  readonly state: GithubReview["state"];
  readonly body: string;
  readonly comments: readonly NewReviewComment[];
}

/** The review, and then each of its inline comments, are told of one by one. */
export const addReview = (
  api: GithubApi,
  place: PullPlace,
  { author, state, body, comments }: NewReview,
): { readonly review: GithubReview; readonly comments: readonly GithubReviewComment[] } => {
  const { repository, pull } = place;
  const commit = pull.headSha;
  const review = { id: api.store.nextId(), author, state, body, submittedAt: api.now(), commit };
  pull.reviews.push(review);
  const added = comments.map(({ path, line, body: text, place: { hunk, position }, inReplyTo = null }) => ({
    ...newComment(api, author, text),
    ...{ reviewId: review.id, path, line, commit, hunk, position, inReplyTo },
  }));
  pull.reviewComments.push(...added);
  touch(api, place);
  const emit = (name: string, action: string, fields: Readonly<Record<string, unknown>>): void =>
    api.store.emit({ name, action, repository, sender: author, fields });
  emit("pull_request_review", "submitted", reviewFields(api, place, review));
  for (const comment of added)
    emit("pull_request_review_comment", "created", reviewCommentFields(api, place, comment));
  return { review, comments: added };
};

/** @returns whether it was there already: the same person's same reaction exists once */
export const addReaction = (
  api: GithubApi,
  { reactions }: GithubComment,
  author: string,
  content: string,
): { readonly reaction: GithubReaction; readonly existed: boolean } => {
  const known = reactions.find((one) => one.content === content && sameName(one.author, author));
  if (known !== undefined) return { reaction: known, existed: true };
  const reaction = { id: api.store.nextId(), content, author, createdAt: api.now() };
  reactions.push(reaction);
  return { reaction, existed: false };
};

export interface FoundComment<T extends GithubComment> {
  readonly place: PullPlace;
  readonly comment: T;
}

/** Of all pull requests of a repository, oldest first. */
export const allComments = (repository: GithubRepository): readonly FoundComment<GithubComment>[] =>
  oldestFirst(
    pullsOf(repository).flatMap((place) => place.pull.comments.map((comment) => ({ place, comment }))),
  );

/** Of all pull requests of a repository, oldest first. */
export const allReviewComments = (
  repository: GithubRepository,
): readonly FoundComment<GithubReviewComment>[] =>
  oldestFirst(
    pullsOf(repository).flatMap((place) => place.pull.reviewComments.map((comment) => ({ place, comment }))),
  );

const pullsOf = (repository: GithubRepository): readonly PullPlace[] =>
  [...repository.pulls.values()].map((pull) => ({ repository, pull }));

/** Ids are given one after the other. */
const oldestFirst = <T extends GithubComment>(
  found: readonly FoundComment<T>[],
): readonly FoundComment<T>[] => found.toSorted((one, other) => one.comment.id - other.comment.id);

const newComment = (api: GithubApi, author: string, body: string): GithubComment => {
  const at = api.now();
  return { id: api.store.nextId(), author, body, createdAt: at, updatedAt: at, reactions: [] };
};

const touch = (api: GithubApi, { pull }: PullPlace): void => {
  pull.updatedAt = api.now();
};
