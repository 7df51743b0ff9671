import { createCheckRun, getCombinedStatus, listCheckRuns, listCheckSuites } from "./checks.ts";
import {
  createComment,
  getComment,
  listComments,
  listRepositoryComments,
  removeComment,
  updateComment,
} from "./comments.ts";
import type { Operate, Operation } from "./operation.ts";
import { createPull, mergePullRequest, updatePull } from "./pull-writes.ts";
import { checkMerged, getPull, listCommits, listFiles, listPulls } from "./pulls.ts";
import {
  createCommentReaction,
  createReviewCommentReaction,
  listCommentReactions,
  listReviewCommentReactions,
} from "./reactions.ts";
import {
  createReply,
  createReviewComment,
  listRepositoryReviewComments,
  listReviewComments,
} from "./review-comments.ts";
import { createReview, listReviews } from "./reviews.ts";

const read = { pull_requests: "read" } as const;
const write = { pull_requests: "write" } as const;

/** Looks at the token itself: a conversation belongs to the issue and to the pull request. */
const talk = (operate: Operate): Operation => ({ needs: null, operate });

const creating = (operation: Operation): Operation => ({ ...operation, createsContent: true });

/** What is emulated of pull requests, by the name that GitHub's own description gives it. */
export const pullOperations: readonly (readonly [string, Operation])[] = [
  ["pulls/list", { needs: read, operate: listPulls }],
  ["pulls/create", creating({ needs: write, operate: createPull })],
  ["pulls/get", { needs: read, operate: getPull }],
  ["pulls/update", { needs: write, operate: updatePull }],
  ["pulls/list-files", { needs: read, operate: listFiles }],
  ["pulls/list-commits", { needs: read, operate: listCommits }],
  ["pulls/check-if-merged", { needs: read, operate: checkMerged }],
  ["pulls/merge", creating({ needs: { contents: "write" }, operate: mergePullRequest })],
  ["issues/list-comments", talk(listComments)],
  ["issues/list-comments-for-repo", talk(listRepositoryComments)],
  ["issues/create-comment", creating(talk(createComment))],
  ["issues/get-comment", talk(getComment)],
  ["issues/update-comment", talk(updateComment)],
  ["issues/delete-comment", talk(removeComment)],
  ["reactions/list-for-issue-comment", talk(listCommentReactions)],
  ["reactions/create-for-issue-comment", creating(talk(createCommentReaction))],
  ["reactions/list-for-pull-request-review-comment", { needs: read, operate: listReviewCommentReactions }],
  [
    "reactions/create-for-pull-request-review-comment",
    creating({ needs: write, operate: createReviewCommentReaction }),
  ],
  ["pulls/list-reviews", { needs: read, operate: listReviews }],
  ["pulls/create-review", creating({ needs: write, operate: createReview })],
  ["pulls/list-review-comments", { needs: read, operate: listReviewComments }],
  ["pulls/list-review-comments-for-repo", { needs: read, operate: listRepositoryReviewComments }],
  ["pulls/create-review-comment", creating({ needs: write, operate: createReviewComment })],
  ["pulls/create-reply-for-review-comment", creating({ needs: write, operate: createReply })],
  ["checks/create", creating({ needs: { checks: "write" }, operate: createCheckRun })],
  ["checks/list-for-ref", { needs: { checks: "read" }, operate: listCheckRuns }],
  ["checks/list-suites-for-ref", { needs: { checks: "read" }, operate: listCheckSuites }],
  ["repos/get-combined-status-for-ref", { needs: { statuses: "read" }, operate: getCombinedStatus }],
];
