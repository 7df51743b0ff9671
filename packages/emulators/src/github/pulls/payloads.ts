import type {
  GithubCheck,
  GithubComment,
  GithubRepository,
  GithubReview,
  GithubReviewComment,
} from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import type { Json } from "../render.ts";
import type { PullPlace } from "./compare.ts";
import { checkRunJson, checkSuiteJson } from "./render-check.ts";
import { issueCommentJson, issueJson, reviewCommentJson, reviewJson } from "./render-conversation.ts";
import { pullJson, pullSimpleJson } from "./render-pull.ts";

/** What a pull request's webhook tells beyond its state. */
export type PullChange =
  | { readonly action: "opened" | "closed" | "reopened" | "ready_for_review" | "converted_to_draft" }
  | { readonly action: "synchronize"; readonly before: string; readonly after: string }
  | {
      readonly action: "edited";
      /** By field, what was there before. */
      readonly changes: Readonly<Record<string, unknown>>;
    };

/** `pull_request`: with `merged: true` where it was closed by a merge. */
export const pullRequestFields = (api: GithubApi, place: PullPlace, change: PullChange): Json => {
  const { action: _, ...more } = change;
  return { number: place.pull.number, pull_request: pullJson(api, place), ...more };
};

/** `issue_comment`: the issue is the pull request, which only its `pull_request` tells. */
export const issueCommentFields = (api: GithubApi, place: PullPlace, comment: GithubComment): Json => ({
  issue: issueJson(api, place),
  comment: issueCommentJson(api, place, comment),
});

/** `pull_request_review`: the one place where a review's state is in lower case. */
export const reviewFields = (api: GithubApi, place: PullPlace, review: GithubReview): Json => ({
  review: {
    ...reviewJson(api, place, review),
    body: review.body === "" ? null : review.body,
    state: review.state.toLowerCase(),
  },
  pull_request: pullSimpleJson(api, place),
});

/** `pull_request_review_comment`. */
export const reviewCommentFields = (
  api: GithubApi,
  place: PullPlace,
  comment: GithubReviewComment,
): Json => ({
  comment: reviewCommentJson(api, place, comment),
  pull_request: pullSimpleJson(api, place),
});

/** `check_run`: with its suite, of which the API gives the id alone. */
export const checkRunFields = (api: GithubApi, repository: GithubRepository, check: GithubCheck): Json => ({
  check_run: {
    ...checkRunJson(api, repository, check),
    check_suite: suiteJson(api, repository, check.commit),
  },
});

/** `check_suite`. */
export const checkSuiteFields = (api: GithubApi, repository: GithubRepository, commit: string): Json => ({
  check_suite: suiteJson(api, repository, commit),
});

/** The repository stands beside the suite, not in it. */
const suiteJson = (api: GithubApi, repository: GithubRepository, commit: string): Json => {
  const { repository: _, ...suite } = checkSuiteJson(api, repository, commit);
  return suite;
};
