import { createHash } from "node:crypto";
import type { GithubRepository, GithubStore, GithubWorkflowRun } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import type { CommitFacts } from "../pulls/commits.ts";
import {
  epoch,
  type Json,
  minimalRepositoryJson,
  nodeId,
  repositoryPage,
  repositoryUrl,
  timestamp,
  userJson,
} from "../render.ts";
import type { CataloguedWorkflow } from "./catalogue.ts";
import type { RunDetail } from "./run-detail.ts";

export const workflowName = ({ header, path }: CataloguedWorkflow): string =>
  "problem" in header ? path : (header.name ?? path);

export const workflowJson = (
  api: GithubApi,
  repository: GithubRepository,
  workflow: CataloguedWorkflow,
  disabled: boolean,
): Json => {
  const { id, path, file } = workflow;
  const page = repositoryPage(api, repository);
  return {
    id,
    node_id: nodeId("W", id),
    name: workflowName(workflow),
    path,
    state: disabled ? "disabled_manually" : "active",
    created_at: epoch,
    updated_at: epoch,
    url: `${repositoryUrl(api, repository)}/actions/workflows/${id}`,
    html_url: `${page}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${page}/actions/workflows/${file}/badge.svg`,
  };
};

/** `http://127.0.0.1:PORT/acme/tally/actions/runs/4711`. */
export const runPage = (api: GithubApi, { repository, id }: GithubWorkflowRun): string =>
  `${repositoryPage(api, repository)}/actions/runs/${id}`;

export const runUrl = (api: GithubApi, { repository, id }: GithubWorkflowRun): string =>
  `${repositoryUrl(api, repository)}/actions/runs/${id}`;

/** `refs/heads/main` → `main`. */
export const shortRef = (ref: string): string => ref.replace(/^refs\/(?:heads|tags)\//, "");

/** A queued run whose group is taken is pending. */
export const statusOf = ({ run, pending }: RunDetail): string => (pending ? "pending" : run.status);

export const runJson = (api: GithubApi, detail: RunDetail): Json => {
  const { run, workflow, number, startedAt, commit } = detail;
  const { id, repository, actor, headSha } = run;
  const url = runUrl(api, run);
  const root = repositoryUrl(api, repository);
  return {
    id,
    name: workflowName(workflow),
    display_title: run.displayTitle,
    node_id: nodeId("WFR", id),
    head_branch: shortRef(run.ref),
    head_sha: headSha,
    path: workflow.path,
    run_number: number,
    run_attempt: 1,
    event: run.event,
    status: statusOf(detail),
    conclusion: run.conclusion,
    workflow_id: workflow.id,
    check_suite_id: id,
    check_suite_node_id: nodeId("CS", id),
    url,
    html_url: runPage(api, run),
    pull_requests: [],
    created_at: timestamp(run.createdAt),
    updated_at: timestamp(run.updatedAt),
    run_started_at: timestamp(startedAt ?? run.createdAt),
    actor: userJson(api, actor),
    triggering_actor: userJson(api, actor),
    referenced_workflows: [],
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${root}/check-suites/${id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${root}/actions/workflows/${workflow.id}`,
    head_commit: headCommit(commit),
    repository: minimalRepositoryJson(api, repository),
    head_repository: minimalRepositoryJson(api, repository),
  };
};

const headCommit = ({ sha, tree, message, author, committer }: CommitFacts): Json => ({
  id: sha,
  tree_id: tree,
  message,
  timestamp: committer.date,
  author: { name: author.name, email: author.email },
  committer: { name: committer.name, email: committer.email },
});

/** The jobs of the file; whoever executes them says of the run as a whole how it ended, so each ended like it. */
export const jobsJson = (api: GithubApi, detail: RunDetail): readonly Json[] => {
  const { run, workflow, header, startedAt } = detail;
  return [...header.jobs].map(([name, job]) => {
    const id = detail.jobIds.get(name) ?? 0;
    const url = `${repositoryUrl(api, run.repository)}/actions/jobs/${id}`;
    return {
      id,
      node_id: nodeId("CR", id),
      run_id: run.id,
      run_url: runUrl(api, run),
      run_attempt: 1,
      head_sha: run.headSha,
      head_branch: shortRef(run.ref),
      workflow_name: workflowName(workflow),
      name: job.name,
      status: run.status,
      conclusion: run.conclusion,
      created_at: timestamp(run.createdAt),
      started_at: timestamp(startedAt ?? run.createdAt),
      completed_at: run.status === "completed" ? timestamp(run.updatedAt) : null,
      url,
      html_url: `${runPage(api, run)}/job/${id}`,
      check_run_url: `${repositoryUrl(api, run.repository)}/check-runs/${id}`,
      steps: [],
      labels: [],
      runner_id: null,
      runner_name: null,
      runner_group_id: null,
      runner_group_name: null,
    };
  });
};

const dayMs = 24 * 60 * 60 * 1000;
const keptDays = 90;

export const artifactJson = (
  api: GithubApi,
  run: GithubWorkflowRun,
  { id, name, archive, createdAt }: GithubWorkflowRun["artifacts"][number],
): Json => {
  const url = `${repositoryUrl(api, run.repository)}/actions/artifacts/${id}`;
  return {
    id,
    node_id: nodeId("AR", id),
    name,
    size_in_bytes: archive.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    digest: `sha256:${createHash("sha256").update(archive).digest("hex")}`,
    created_at: timestamp(createdAt),
    updated_at: timestamp(createdAt),
    expires_at: timestamp(createdAt + keptDays * dayMs),
    workflow_run: {
      id: run.id,
      repository_id: run.repository.id,
      head_repository_id: run.repository.id,
      head_branch: shortRef(run.ref),
      head_sha: run.headSha,
    },
  };
};

/** What the App hears of a run. */
export const workflowRunEvent = (
  api: GithubApi,
  detail: RunDetail,
  action: "requested" | "in_progress" | "completed",
): Parameters<GithubStore["emit"]>[0] => ({
  name: "workflow_run",
  action,
  repository: detail.run.repository,
  sender: detail.run.actor,
  fields: {
    workflow: workflowJson(api, detail.run.repository, detail.workflow, false),
    workflow_run: runJson(api, detail),
  },
});
