import type { WorkflowJobRequest } from "../../github/api.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { WorkflowHeader } from "./workflow-header.ts";

/** The contexts that every place of a workflow can see, but for `github.token` and what a job adds. */
export interface RunContexts {
  readonly github: ValueObject;
  readonly inputs: ValueObject;
  readonly vars: ValueObject;
}

export const runContexts = (request: WorkflowJobRequest, header: WorkflowHeader): RunContexts => {
  const { repository, environment, event, ref, runId } = request;
  const fullName = `${repository.owner}/${repository.name}`;
  const workflow = header.name ?? `.github/workflows/${request.workflow}`;
  return {
    github: {
      repository: fullName,
      repository_owner: repository.owner,
      ref,
      ref_name: ref.replace(/^refs\/(?:heads|tags)\//, ""),
      ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
      sha: environment["GITHUB_SHA"] ?? "",
      actor: environment["GITHUB_ACTOR"] ?? "",
      triggering_actor: environment["GITHUB_ACTOR"] ?? "",
      event_name: event.name,
      event: asValue(event.payload),
      run_id: String(runId),
      run_number: environment["GITHUB_RUN_NUMBER"] ?? "1",
      run_attempt: environment["GITHUB_RUN_ATTEMPT"] ?? "1",
      workflow,
      workflow_ref: `${fullName}/.github/workflows/${request.workflow}@${ref}`,
      api_url: request.apiUrl,
      server_url: environment["GITHUB_SERVER_URL"] ?? "",
      graphql_url: environment["GITHUB_GRAPHQL_URL"] ?? "",
    },
    inputs: typedInputs(request.inputs, header.dispatchInputs ?? {}),
    vars: request.variables,
  };
};

/** The event's own `inputs` are all texts; in the context `inputs` a boolean is one. */
const typedInputs = (
  inputs: Readonly<Record<string, string>>,
  declared: Readonly<Record<string, { readonly type: string }>>,
): ValueObject =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      declared[name]?.type === "boolean" ? value === "true" : value,
    ]),
  );

/** JSON is what an event's payload is. */
const asValue = (payload: unknown): Value => JSON.parse(JSON.stringify(payload ?? {})) as Value;
