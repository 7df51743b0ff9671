import type { LoopbackAnswer } from "../../shared/loopback-server.ts";
import type { ActionsEngine } from "../actions/engine.ts";
import { artifactJson } from "../actions/render-run.ts";
import type { GithubWorkflowRun } from "../model.ts";
import { notFound } from "../refusal.ts";
import { fullName } from "../render.ts";
import { runOf } from "./actions-runs.ts";
import { ok, pageOf, repositoryOf } from "./answers.ts";
import type { Call, GithubApi, Operate, Operation } from "./operation.ts";

const read = { actions: "read" } as const;

export const artifactOperations = (engine: ActionsEngine): readonly (readonly [string, Operation])[] => [
  ["actions/list-workflow-run-artifacts", { needs: read, operate: listOfRun(engine) }],
  ["actions/list-artifacts-for-repo", { needs: read, operate: listOfRepository(engine) }],
  ["actions/get-artifact", { needs: read, operate: get(engine) }],
  ["actions/download-artifact", { needs: read, operate: download(engine) }],
];

interface Found {
  readonly run: GithubWorkflowRun;
  readonly artifact: GithubWorkflowRun["artifacts"][number];
}

const artifactsOf = (run: GithubWorkflowRun): readonly Found[] =>
  run.artifacts.map((artifact) => ({ run, artifact }));

const listOfRun =
  (engine: ActionsEngine): Operate =>
  (api, call) => {
    const { run } = runOf(engine, api, call);
    const path = `/repos/${fullName(run.repository)}/actions/runs/${run.id}/artifacts`;
    return listed(api, call, path, artifactsOf(run));
  };

const listOfRepository =
  ({ runs }: ActionsEngine): Operate =>
  (api, call) => {
    const repository = repositoryOf(api, call);
    const own = runs.all().filter(({ run }) => run.repository === repository);
    const path = `/repos/${fullName(repository)}/actions/artifacts`;
    return listed(
      api,
      call,
      path,
      own.flatMap(({ run }) => artifactsOf(run)),
    );
  };

/** Newest first, unless `direction` is `asc`. */
const listed = (api: GithubApi, call: Call, path: string, all: readonly Found[]): LoopbackAnswer => {
  const name = call.query.get("name");
  const named = all.filter(({ artifact }) => name === null || artifact.name === name);
  const page = pageOf(api, call, path, call.query.get("direction") === "asc" ? named : named.toReversed());
  return ok(
    {
      total_count: named.length,
      artifacts: page.items.map(({ run, artifact }) => artifactJson(api, run, artifact)),
    },
    page.headers,
  );
};

/** @throws Refusal 404 */
const artifactOf = ({ runs }: ActionsEngine, api: GithubApi, call: Call): Found => {
  const repository = repositoryOf(api, call);
  const found = runs
    .all()
    .filter(({ run }) => run.repository === repository)
    .flatMap(({ run }) => artifactsOf(run))
    .find(({ artifact }) => String(artifact.id) === call.path["artifact_id"]);
  if (found === undefined) throw notFound();
  return found;
};

const get =
  (engine: ActionsEngine): Operate =>
  (api, call) => {
    const { run, artifact } = artifactOf(engine, api, call);
    return ok(artifactJson(api, run, artifact));
  };

const download =
  (engine: ActionsEngine): Operate =>
  (api, call) => {
    const { artifact } = artifactOf(engine, api, call);
    if (call.path["archive_format"] !== "zip") throw notFound();
    return { status: 302, headers: { location: engine.artifacts.link(artifact) }, body: "" };
  };
