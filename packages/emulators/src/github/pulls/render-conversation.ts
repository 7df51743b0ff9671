import type { GithubComment, GithubReaction, GithubReview, GithubReviewComment } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import { apiUrl, type Json, repositoryUrl, timestamp, userJson } from "../render.ts";
import type { PullPlace } from "./compare.ts";
import { parseDiff, placeInDiff } from "./diff.ts";
import { associationOf, issuePath, pullHtmlUrl, pullNodeId, pullPath } from "./render-pull.ts";

export const reactionContents = [
  "+1",
  "-1",
  "laugh",
  "confused",
  "heart",
  "hooray",
  "rocket",
  "eyes",
] as const;

export const issueCommentJson = (api: GithubApi, place: PullPlace, comment: GithubComment): Json => {
  const url = `${repositoryUrl(api, place.repository)}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${pullHtmlUrl(api, place)}#issuecomment-${comment.id}`,
    issue_url: apiUrl(api, issuePath(place)),
    id: comment.id,
    node_id: `IC_${comment.id}`,
    ...written(api, place, comment),
    reactions: reactionRollup(url, comment),
    performed_via_github_app: null,
  };
};

export const reviewCommentJson = (api: GithubApi, place: PullPlace, comment: GithubReviewComment): Json => {
  const url = `${repositoryUrl(api, place.repository)}/pulls/comments/${comment.id}`;
  const html = `${pullHtmlUrl(api, place)}#discussion_r${comment.id}`;
  const pullUrl = apiUrl(api, pullPath(place));
  // Null: a later commit took the line out of the diff, and the comment is outdated: GitHub's description knows no null.
  const now = placeInDiff(parseDiff(place.pull.comparison.diff), comment.path, comment.line);
  return {
    url,
    html_url: html,
    pull_request_url: pullUrl,
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    pull_request_review_id: comment.reviewId,
    diff_hunk: comment.hunk,
    path: comment.path,
    ...(now === null ? {} : { position: now.position, line: comment.line }),
    original_position: comment.position,
    original_line: comment.line,
    start_line: null,
    original_start_line: null,
    start_side: null,
    side: "RIGHT",
    subject_type: "line",
    commit_id: now === null ? comment.commit : place.pull.headSha,
    original_commit_id: comment.commit,
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
    ...written(api, place, comment),
    reactions: reactionRollup(url, comment),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl } },
  };
};

export const reviewJson = (api: GithubApi, place: PullPlace, review: GithubReview): Json => {
  const html = `${pullHtmlUrl(api, place)}#pullrequestreview-${review.id}`;
  const pullUrl = apiUrl(api, pullPath(place));
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: userJson(api, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(place.repository, review.author),
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    submitted_at: timestamp(review.submittedAt),
    commit_id: review.commit,
  };
};

export const reactionJson = (api: GithubApi, { id, content, author, createdAt }: GithubReaction): Json => ({
  id,
  node_id: `REA_${id}`,
  user: userJson(api, author),
  content,
  created_at: timestamp(createdAt),
});

/** A pull request as the issue that it is, too. */
export const issueJson = (api: GithubApi, place: PullPlace): Json => {
  const { repository, pull } = place;
  const url = apiUrl(api, issuePath(place));
  const html = pullHtmlUrl(api, place);
  return {
    url,
    repository_url: repositoryUrl(api, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: pull.id,
    node_id: pullNodeId(pull),
    number: pull.number,
    title: pull.title,
    user: userJson(api, pull.author),
    labels: [],
    state: pull.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: pull.comments.length,
    created_at: timestamp(pull.createdAt),
    updated_at: timestamp(pull.updatedAt),
    closed_at: pull.closedAt === null ? null : timestamp(pull.closedAt),
    author_association: associationOf(repository, pull.author),
    active_lock_reason: null,
    body: pull.body === "" ? null : pull.body,
    draft: pull.draft,
    pull_request: {
      url: apiUrl(api, pullPath(place)),
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: pull.merged === null ? null : timestamp(pull.merged.at),
    },
    reactions: reactionRollup(url, { reactions: [] }),
  };
};

const written = (api: GithubApi, { repository }: PullPlace, comment: GithubComment): Json => ({
  user: userJson(api, comment.author),
  body: comment.body,
  created_at: timestamp(comment.createdAt),
  updated_at: timestamp(comment.updatedAt),
  author_association: associationOf(repository, comment.author),
});

const reactionRollup = (url: string, { reactions }: Pick<GithubComment, "reactions">): Json => {
  const counts = reactionContents.map(
    (content) => [content, reactions.filter((one) => one.content === content).length] as const,
  );
  return { url: `${url}/reactions`, total_count: reactions.length, ...Object.fromEntries(counts) };
};
