import { jsonAnswer, type LoopbackAnswer } from "../../shared/loopback-server.ts";
import { findWorkflow } from "../actions/dispatch.ts";
import type { ActionsEngine } from "../actions/engine.ts";
import { jobsJson, runJson, shortRef, statusOf } from "../actions/render-run.ts";
import type { RunDetail } from "../actions/run-detail.ts";
import { notFound, refuse } from "../refusal.ts";
import { fullName } from "../render.ts";
import { createdFilter } from "./actions-created.ts";
import { noContent, ok, pageOf, repositoryOf } from "./answers.ts";
import type { Call, GithubApi, Operate, Operation } from "./operation.ts";

const read = { actions: "read" } as const;
const write = { actions: "write" } as const;

export const runOperations = (engine: ActionsEngine): readonly (readonly [string, Operation])[] => [
  ["actions/list-workflow-runs-for-repo", { needs: read, operate: list(engine) }],
  ["actions/list-workflow-runs", { needs: read, operate: listOfWorkflow(engine) }],
  [
    "actions/get-workflow-run",
    { needs: read, operate: (api, call) => ok(runJson(api, runOf(engine, api, call))) },
  ],
  ["actions/list-jobs-for-workflow-run", { needs: read, operate: listJobs(engine) }],
  ["actions/cancel-workflow-run", { needs: write, operate: cancel(engine) }],
  ["actions/force-cancel-workflow-run", { needs: write, operate: forceCancel(engine) }],
  ["actions/delete-workflow-run", { needs: write, operate: remove(engine) }],
];

/** The run that the path names: at once, whatever the lists say. @throws Refusal 404 */
export const runOf = ({ runs }: ActionsEngine, api: GithubApi, call: Call): RunDetail => {
  const repository = repositoryOf(api, call);
  const detail = runs.get(Number(call.path["run_id"]));
  if (detail === null || detail.run.repository !== repository) throw notFound();
  return detail;
};

const list =
  ({ runs }: ActionsEngine): Operate =>
  (api, call) => {
    const repository = repositoryOf(api, call);
    const own = runs.all().filter(({ run }) => run.repository === repository);
    return listed(api, call, `/repos/${fullName(repository)}/actions/runs`, own);
  };

const listOfWorkflow =
  (engine: ActionsEngine): Operate =>
  async (api, call) => {
    const repository = repositoryOf(api, call);
    const { id } = await findWorkflow(engine, repository, call.path["workflow_id"] ?? "");
    const own = engine.runs.all().filter(({ workflow }) => workflow.id === id);
    return listed(api, call, `/repos/${fullName(repository)}/actions/workflows/${id}/runs`, own);
  };

/** Newest first. */
const listed = (api: GithubApi, call: Call, path: string, own: readonly RunDetail[]): LoopbackAnswer => {
  const now = api.now();
  const found = own.filter((detail) => detail.run.listedFrom <= now && matches(call, detail)).reverse();
  const page = pageOf(api, call, path, found);
  return ok(
    { total_count: found.length, workflow_runs: page.items.map((detail) => runJson(api, detail)) },
    page.headers,
  );
};

const matches = ({ query }: Call, detail: RunDetail): boolean => {
  const { run } = detail;
  const is = (name: string, ...values: readonly (string | null)[]): boolean => {
    const wanted = query.get(name);
    return wanted === null || values.includes(wanted);
  };
  return (
    is("event", run.event) &&
    is("status", statusOf(detail), run.conclusion) &&
    is("branch", shortRef(run.ref)) &&
    is("actor", run.actor) &&
    is("head_sha", run.headSha) &&
    createdFilter(query.get("created"))(run.createdAt)
  );
};

const listJobs =
  (engine: ActionsEngine): Operate =>
  (api, call) => {
    const detail = runOf(engine, api, call);
    const { run } = detail;
    const jobs = jobsJson(api, detail);
    const path = `/repos/${fullName(run.repository)}/actions/runs/${run.id}/jobs`;
    const page = pageOf(api, call, path, jobs);
    return ok({ total_count: jobs.length, jobs: page.items }, page.headers);
  };

const cancel =
  (engine: ActionsEngine): Operate =>
  (api, call) => {
    const detail = runOf(engine, api, call);
    requireUnfinished(detail);
    engine.runs.cancel(detail);
    return jsonAnswer(202, {});
  };

const forceCancel =
  (engine: ActionsEngine): Operate =>
  (api, call) => {
    const detail = runOf(engine, api, call);
    requireUnfinished(detail);
    engine.runs.end(detail, "cancelled");
    return jsonAnswer(202, {});
  };

const requireUnfinished = ({ run }: RunDetail): void => {
  if (run.status === "completed") throw refuse(409, "Cannot cancel a workflow run that is completed.");
};

const remove =
  (engine: ActionsEngine): Operate =>
  (api, call) => {
    const detail = runOf(engine, api, call);
    if (detail.run.status !== "completed") throw refuse(403, "Could not delete the workflow run");
    engine.runs.remove(detail);
    return noContent;
  };
