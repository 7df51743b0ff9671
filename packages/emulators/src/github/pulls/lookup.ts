import type { GithubComment, GithubReviewComment } from "../model.ts";
import { repositoryOf } from "../operations/answers.ts";
import type { Call, GithubApi } from "../operations/operation.ts";
import { type FieldError, invalid, notAccessible, notFound, unauthorized } from "../refusal.ts";
import type { PullPlace } from "./compare.ts";
import { allComments, allReviewComments, type FoundComment } from "./conversation.ts";

/** The pull request that the path names by its number, also as the issue that it is. @throws Refusal 404 */
export const pullOf = (api: GithubApi, call: Call): PullPlace => {
  const repository = repositoryOf(api, call);
  const number = Number(call.path["pull_number"] ?? call.path["issue_number"]);
  const pull = repository.pulls.get(number);
  if (pull === undefined) throw notFound();
  return { repository, pull };
};

/** @throws Refusal 404 */
export const commentOf = (api: GithubApi, call: Call): FoundComment<GithubComment> =>
  byId(call, allComments(repositoryOf(api, call)));

/** @throws Refusal 404 */
export const reviewCommentOf = (api: GithubApi, call: Call): FoundComment<GithubReviewComment> =>
  byId(call, allReviewComments(repositoryOf(api, call)));

const byId = <T extends GithubComment>({ path }: Call, all: readonly FoundComment<T>[]): FoundComment<T> => {
  const found = all.find(({ comment }) => comment.id === Number(path["comment_id"]));
  if (found === undefined) throw notFound();
  return found;
};

/**
 * A conversation belongs to the issue and to the pull request: a token for either will do.
 * @throws Refusal 401 or 403
 */
export const requireConversation = ({ caller }: Call, access: "read" | "write"): void => {
  if (caller.kind === "nobody") throw unauthorized("Requires authentication");
  const permissions = caller.kind === "installation" ? caller.permissions : {};
  const granted = [permissions["pull_requests"], permissions["issues"]];
  const isEnough = granted.some((level) => level === "write" || (access === "read" && level === "read"));
  if (!isEnough) throw notAccessible();
};

/** GitHub's limit on every text, in characters, as its own refusals name it. */
const maxText = 65_536;

/** @throws Refusal 422 where it is too long or says nothing */
export const requireText = (text: string, resource: "IssueComment" | "PullRequestReviewComment"): string => {
  if (text.trim() === "") throw invalid({ resource, code: "missing_field", field: "body" });
  const message = `Body is too long (maximum is ${maxText} characters)`;
  if (isTooLong(text)) throw invalid({ resource, code: "unprocessable", field: "data", message });
  return text;
};

export const isTooLong = (text: string): boolean => [...text].length > maxText;

export const pullError = (field: string | null, message: string): FieldError => ({
  resource: "PullRequest",
  code: "custom",
  ...(field === null ? {} : { field }),
  message,
});

/** In order of time, by `sort` and `direction`, not older than `since`: as GitHub lists comments. */
export const selectComments = <T extends GithubComment>(
  { query }: Call,
  oldestFirst: readonly FoundComment<T>[],
): readonly FoundComment<T>[] => {
  const since = Date.parse(query.get("since") ?? new Date(0).toISOString());
  // What GitHub tells has whole seconds, so that is what it compares.
  const recent = oldestFirst.filter(({ comment }) => Math.floor(comment.updatedAt / 1000) * 1000 >= since);
  const ordered =
    query.get("sort") === "updated"
      ? recent.toSorted((one, other) => one.comment.updatedAt - other.comment.updatedAt)
      : recent;
  // The direction counts only together with what is sorted by.
  return query.has("sort") && query.get("direction") === "desc" ? ordered.toReversed() : ordered;
};
