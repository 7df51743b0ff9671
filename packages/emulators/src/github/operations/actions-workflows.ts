import { z } from "zod";
import { dispatchWorkflow, findWorkflow } from "../actions/dispatch.ts";
import type { ActionsEngine } from "../actions/engine.ts";
import { actionsInstallationId } from "../actions/job-token.ts";
import { runPage, runUrl, workflowJson } from "../actions/render-run.ts";
import type { Caller } from "../model.ts";
import { refuse } from "../refusal.ts";
import { fullName } from "../render.ts";
import { noContent, ok, pageOf, repositoryOf } from "./answers.ts";
import type { Operate, Operation } from "./operation.ts";

const read = { actions: "read" } as const;
const write = { actions: "write" } as const;

export const workflowOperations = (engine: ActionsEngine): readonly (readonly [string, Operation])[] => [
  ["actions/list-repo-workflows", { needs: read, operate: list(engine) }],
  ["actions/get-workflow", { needs: read, operate: get(engine) }],
  ["actions/disable-workflow", { needs: write, operate: setDisabled(engine, true) }],
  ["actions/enable-workflow", { needs: write, operate: setDisabled(engine, false) }],
  ["actions/create-workflow-dispatch", { needs: write, operate: dispatch(engine) }],
];

const list =
  ({ catalogue, disabled }: ActionsEngine): Operate =>
  async (api, call) => {
    const repository = repositoryOf(api, call);
    const workflows = await catalogue.list(repository);
    const page = pageOf(api, call, `/repos/${fullName(repository)}/actions/workflows`, workflows);
    return ok(
      {
        total_count: workflows.length,
        workflows: page.items.map((one) => workflowJson(api, repository, one, disabled.has(one.id))),
      },
      page.headers,
    );
  };

const get =
  (engine: ActionsEngine): Operate =>
  async (api, call) => {
    const repository = repositoryOf(api, call);
    const workflow = await findWorkflow(engine, repository, call.path["workflow_id"] ?? "");
    return ok(workflowJson(api, repository, workflow, engine.disabled.has(workflow.id)));
  };

const setDisabled =
  (engine: ActionsEngine, disabled: boolean): Operate =>
  async (api, call) => {
    const { id } = await findWorkflow(engine, repositoryOf(api, call), call.path["workflow_id"] ?? "");
    if (disabled) engine.disabled.add(id);
    else engine.disabled.delete(id);
    return noContent;
  };

const bodySchema = z.object({
  ref: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  return_run_details: z.boolean().optional(),
});

const dispatch =
  (engine: ActionsEngine): Operate =>
  async (api, call) => {
    const body = bodySchema.parse(call.body);
    const repository = repositoryOf(api, call);
    if (body.return_run_details !== undefined && engine.returnRunDetails === false)
      throw refuse(422, 'Invalid request.\n\n"return_run_details" is not a permitted key.');
    const { run } = await dispatchWorkflow(engine, {
      repository,
      workflow: call.path["workflow_id"] ?? "",
      ref: body.ref,
      inputs: body.inputs,
      actor: actorOf(call.caller, api.store.app.login),
    });
    if (body.return_run_details !== true || engine.returnRunDetails === "ignored") return noContent;
    return ok({ workflow_run_id: run.id, run_url: runUrl(api, run), html_url: runPage(api, run) });
  };

const actorOf = (caller: Caller, app: string): string =>
  caller.kind === "installation" && caller.installation.id === actionsInstallationId
    ? "github-actions[bot]"
    : app;
