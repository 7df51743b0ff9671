import type { WorkflowJobRequest } from "../api.ts";
import { repositoryJson, userJson } from "../render.ts";
import type { ActionsEngine } from "./engine.ts";
import type { RunDetail } from "./run-detail.ts";

/** A run as whoever executes it gets it. */
export const requestOf = ({ api, artifacts }: ActionsEngine, detail: RunDetail): WorkflowJobRequest => {
  const { run, workflow, number } = detail;
  const { id, repository, ref, inputs, actor } = run;
  const apiUrl = `${api.url()}/api/v3`;
  return {
    runId: id,
    repository: { owner: repository.owner, name: repository.name },
    workflow: workflow.file,
    source: workflow.source,
    ref,
    event: {
      name: run.event,
      payload: {
        inputs,
        ref,
        workflow: workflow.path,
        repository: repositoryJson(api, repository),
        sender: userJson(api, actor),
      },
    },
    inputs,
    secrets: Object.fromEntries(repository.secrets),
    variables: Object.fromEntries(repository.variables),
    environment: {
      GITHUB_SERVER_URL: api.url(),
      GITHUB_API_URL: apiUrl,
      GITHUB_GRAPHQL_URL: `${api.url()}/api/graphql`,
      GITHUB_SHA: run.headSha,
      GITHUB_ACTOR: actor,
      GITHUB_TRIGGERING_ACTOR: actor,
      GITHUB_RUN_NUMBER: String(number),
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_REPOSITORY_ID: String(repository.id),
      GITHUB_TOKEN: detail.token,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${api.url()}/oidc/token/${id}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: detail.identityToken,
    },
    cancelled: detail.cancelled.signal,
    uploadArtifact: (name, files) => artifacts.add(run, name, files),
    apiUrl,
  };
};
