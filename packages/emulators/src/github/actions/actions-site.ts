import { strToU8 } from "fflate";
import type { GithubSite, RepositoryRef, SeenWorkflowRun } from "../api.ts";
import type { GithubRepository } from "../model.ts";
import { fullName } from "../render.ts";
import type { Actions } from "./actions.ts";
import { dispatchWorkflow } from "./dispatch.ts";
import { shortRef } from "./render-run.ts";
import type { RunDetail } from "./run-detail.ts";

export type ActionsSite = Pick<
  GithubSite,
  "setSecret" | "setVariable" | "workflowRuns" | "dispatchByHand" | "setRun" | "addArtifact" | "oidc"
>;

/** A person's hands on Actions. What a person could not do throws: it is a mistake of the test. */
export const createActionsSite = ({ engine }: Actions): ActionsSite => {
  const { api, runs, artifacts, oidc } = engine;
  const repositoryOf = ({ owner, name }: RepositoryRef): GithubRepository => {
    const repository = api.store.find(owner, name);
    if (repository === null) throw new Error(`There is no repository ${owner}/${name}`);
    return repository;
  };
  const runOf = (id: number): RunDetail => {
    const detail = runs.get(id);
    if (detail === null) throw new Error(`There is no workflow run ${id}`);
    return detail;
  };
  return {
    setSecret(repository, name, value) {
      repositoryOf(repository).secrets.set(name, value);
    },
    setVariable(repository, name, value) {
      repositoryOf(repository).variables.set(name, value);
    },
    workflowRuns(repository) {
      const only = repository === undefined ? null : repositoryOf(repository);
      return runs
        .all()
        .filter(({ run }) => only === null || run.repository === only)
        .map(seen);
    },
    async dispatchByHand(where, workflow, inputs) {
      const repository = repositoryOf(where);
      const ref = repository.defaultBranch;
      const dispatch = { repository, workflow, ref, inputs, actor: "octocat" };
      return (await dispatchWorkflow(engine, dispatch)).run.id;
    },
    setRun(id, { status, conclusion }) {
      const detail = runOf(id);
      if (detail.run.status === "completed") throw new Error(`The workflow run ${id} is over`);
      if (status === "queued") throw new Error("A workflow run does not go back into the queue");
      runs.begin(detail);
      if (status === "completed") runs.end(detail, conclusion ?? "success");
    },
    addArtifact(id, name, files) {
      const bytes = Object.entries(files).map(([path, text]) => [path, strToU8(text)] as const);
      artifacts.add(runOf(id).run, name, Object.fromEntries(bytes));
    },
    oidc: {
      token: (id, audience, change) => oidc.token(runOf(id), audience, change),
      rotateKeys: oidc.rotateKeys,
    },
  };
};

const seen = ({ run }: RunDetail): SeenWorkflowRun => ({
  id: run.id,
  repository: fullName(run.repository),
  workflow: run.workflow,
  ref: shortRef(run.ref),
  inputs: run.inputs,
  displayTitle: run.displayTitle,
  status: run.status,
  conclusion: run.conclusion,
  createdAt: run.createdAt,
});
