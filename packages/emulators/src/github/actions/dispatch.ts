import type { Scope } from "../../actions/expression/evaluate.ts";
import { ExpressionError } from "../../actions/expression/expression-error.ts";
import { interpolateText } from "../../actions/expression/template.ts";
import { type RunContexts, runContexts } from "../../actions/workflow/contexts.ts";
import type { WorkflowHeader } from "../../actions/workflow/workflow-header.ts";
import { branchSha, readRef, resolveCommit } from "../git-plumbing.ts";
import type { GithubRepository, GithubWorkflowRun } from "../model.ts";
import { notFound, refuse } from "../refusal.ts";
import type { CataloguedWorkflow, CommitCatalogue } from "./catalogue.ts";
import { checkInputs } from "./dispatch-inputs.ts";
import type { ActionsEngine } from "./engine.ts";
import { workflowName } from "./render-run.ts";
import { newRunToken, type RunDetail } from "./run-detail.ts";
import { requestOf } from "./run-request.ts";

export interface Dispatch {
  readonly repository: GithubRepository;
  /** Id or file name. */
  readonly workflow: string;
  /** A branch or a tag, with or without `refs/heads/`. */
  readonly ref: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly actor: string;
}

/** Makes the run, and starts it where somebody executes runs. @throws Refusal 403, 404, 422 as GitHub refuses it */
export const dispatchWorkflow = async (engine: ActionsEngine, dispatch: Dispatch): Promise<RunDetail> => {
  const { repository } = dispatch;
  if (repository.archived) throw refuse(403, "Repository was archived so is read-only.");
  const listed = await findWorkflow(engine, repository, dispatch.workflow);
  if (engine.disabled.has(listed.id))
    throw refuse(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  const { ref, sha } = await resolveRef(repository, dispatch.ref);
  const catalogue = await engine.catalogue.at(repository, sha);
  const workflow = catalogue.workflows.find(({ file }) => file === listed.file) ?? null;
  const noTrigger = refuse(422, "Workflow does not have 'workflow_dispatch' trigger");
  if (workflow === null) throw noTrigger;
  const { header } = workflow;
  if ("problem" in header) throw refuse(422, `failed to parse workflow: ${header.problem}`);
  if (header.dispatchInputs === null) throw noTrigger;
  const checked = checkInputs(header.dispatchInputs, dispatch.inputs);
  if (checked.kind === "refused") throw refuse(422, checked.message);
  const draft = { ref, inputs: checked.inputs, actor: dispatch.actor };
  const { detail, cancelsRunning } = newRun(engine, repository, catalogue, { workflow, header }, draft);
  engine.runs.add(detail, cancelsRunning);
  return detail;
};

/** By id or file name, on the default branch. @throws Refusal 404 */
export const findWorkflow = async (
  { catalogue }: ActionsEngine,
  repository: GithubRepository,
  idOrFile: string,
): Promise<CataloguedWorkflow> => {
  const workflows = await catalogue.list(repository);
  const found = workflows.find(({ id, file }) => file === idOrFile || String(id) === idOrFile);
  if (found === undefined) throw notFound();
  return found;
};

/** @throws Refusal 422 where there is neither a branch nor a tag of the name: a commit does not do */
const resolveRef = async (
  { directory }: GithubRepository,
  name: string,
): Promise<{ readonly ref: string; readonly sha: string }> => {
  const short = name.replace(/^refs\/(?:heads|tags)\//, "");
  const branch = name.startsWith("refs/tags/") ? null : await branchSha(directory, short);
  if (branch !== null) return { ref: `refs/heads/${short}`, sha: branch };
  const ref = `refs/tags/${short}`;
  const isTag = !name.startsWith("refs/heads/") && (await readRef(directory, ref)) !== null;
  const tagged = isTag ? await resolveCommit(directory, ref) : null;
  if (tagged === null) throw refuse(422, `No ref found for: ${name}`);
  return { ref, sha: tagged };
};

interface Draft {
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly actor: string;
}

const newRun = (
  engine: ActionsEngine,
  repository: GithubRepository,
  { commit }: CommitCatalogue,
  { workflow, header }: { readonly workflow: CataloguedWorkflow; readonly header: WorkflowHeader },
  draft: Draft,
): { readonly detail: RunDetail; readonly cancelsRunning: boolean } => {
  const { api, listLagMs } = engine;
  const now = api.now();
  const run: GithubWorkflowRun = {
    id: api.store.nextId(),
    repository,
    workflow: workflow.file,
    source: workflow.source,
    ref: draft.ref,
    event: "workflow_dispatch",
    inputs: draft.inputs,
    displayTitle: "",
    actor: draft.actor,
    headSha: commit.sha,
    status: "queued",
    conclusion: null,
    createdAt: now,
    updatedAt: now,
    listedFrom: now + listLagMs(),
    artifacts: [],
  };
  const detail: RunDetail = {
    run,
    workflow,
    header,
    commit,
    number: engine.nextRunNumber(workflow.id),
    jobIds: new Map([...header.jobs.keys()].map((id) => [id, api.store.nextId()])),
    group: null,
    pending: false,
    executing: false,
    startedAt: null,
    cancelled: new AbortController(),
    token: newRunToken(),
    identityToken: newRunToken(),
  };
  const scope = scopeOf(runContexts(requestOf(engine, detail), header));
  const fallback = workflowName(workflow);
  return {
    detail: {
      ...detail,
      run: { ...run, displayTitle: evaluated(header.runName, scope)?.trim() || fallback },
      group: evaluated(header.concurrency?.group ?? null, scope)?.toLowerCase() ?? null,
    },
    cancelsRunning: evaluated(header.concurrency?.cancelInProgress ?? null, scope) === "true",
  };
};

const scopeOf = ({ github, inputs, vars }: RunContexts): Scope => ({
  contexts: { github, inputs, vars },
  status: null,
});

/** @throws Refusal 422 where the file has an expression that GitHub does not accept there */
const evaluated = (text: string | null, scope: Scope): string | null => {
  if (text === null) return null;
  try {
    return interpolateText(text, scope);
  } catch (error) {
    if (error instanceof ExpressionError) throw refuse(422, `failed to parse workflow: ${error.message}`);
    throw error;
  }
};
