/**
 * What somebody without any rights can write, or what may hold any characters; after GitHub's own list of untrusted
 * input, and the fields beside those in its webhook payloads. `*` is any one segment.
 */
const hostileContexts: readonly (readonly string[])[] = [
  "github.head_ref",
  // The name of a branch or tag may hold `$(…)`.
  "github.ref",
  "github.ref_name",
  "github.base_ref",
  "github.event.ref",
  "github.event.base_ref",
  "github.event.issue.title",
  "github.event.issue.body",
  "github.event.issue.labels.*.description",
  "github.event.issue.milestone.title",
  "github.event.comment.body",
  "github.event.comment.path",
  "github.event.comment.diff_hunk",
  "github.event.review.body",
  "github.event.review_comment.body",
  "github.event.pull_request.title",
  "github.event.pull_request.body",
  "github.event.pull_request.head.ref",
  "github.event.pull_request.head.label",
  "github.event.pull_request.head.repo.*",
  "github.event.pull_request.base.ref",
  "github.event.discussion.title",
  "github.event.discussion.body",
  "github.event.answer.body",
  "github.event.changes.*.from",
  "github.event.changes.*.*.from",
  "github.event.pages.*.page_name",
  "github.event.pages.*.title",
  "github.event.pages.*.summary",
  "github.event.commits.*.message",
  "github.event.commits.*.author.*",
  "github.event.commits.*.committer.*",
  "github.event.commits.*.added",
  "github.event.commits.*.modified",
  "github.event.commits.*.removed",
  "github.event.head_commit.message",
  "github.event.head_commit.author.*",
  "github.event.head_commit.committer.*",
  "github.event.merge_group.head_ref",
  "github.event.merge_group.head_commit.message",
  "github.event.forkee.description",
  "github.event.forkee.homepage",
  "github.event.forkee.name",
  "github.event.workflow_run.display_title",
  "github.event.workflow_run.name",
  "github.event.workflow_run.head_branch",
  "github.event.workflow_run.head_commit.message",
  "github.event.workflow_run.head_commit.author.*",
  "github.event.workflow_run.head_commit.committer.*",
  "github.event.workflow_run.head_repository.description",
  "github.event.workflow_run.pull_requests.*.head.ref",
  "github.event.check_run.name",
  "github.event.check_run.output.*",
  "github.event.check_run.check_suite.head_branch",
  "github.event.check_suite.head_branch",
  "github.event.check_suite.head_commit.message",
  "github.event.check_suite.pull_requests.*.head.ref",
  "github.event.deployment.payload",
  "github.event.deployment.description",
  "github.event.release.name",
  "github.event.release.body",
  "github.event.release.tag_name",
  "github.event.release.target_commitish",
  "github.event.client_payload.*",
].map((path) => path.split("."));

/** Actions whose outputs are names of files, branches or texts that a pull request brings along. */
export const hostileActions: readonly string[] = [
  "tj-actions/changed-files",
  "tj-actions/branch-names",
  "dorny/paths-filter",
  "jitterbit/get-changed-files",
  "xt0rted/pull-request-comment-branch",
  "eficode/resolve-pr-refs",
  "actions-ecosystem/action-regex-match",
];

/** Whether the value is, or holds, something that a stranger wrote. */
export const isHostileContext = (path: readonly string[]): boolean =>
  hostileContexts.some((pattern) => {
    const length = Math.min(path.length, pattern.length);
    return pattern
      .slice(0, length)
      .every((segment, index) => segment === "*" || path[index] === "*" || segment === path[index]);
  });
