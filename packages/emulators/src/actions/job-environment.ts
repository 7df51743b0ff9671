import type { WorkflowJobRequest } from "../github/api.ts";
import { asText } from "./expression/value.ts";
import type { JobDirectories, WorkflowRun } from "./job-state.ts";
import type { JobFile } from "./workflow/workflow-file.ts";

/** What the emulator gives to the run and a job gets in its own name: it says for which job it is used. */
const ofRun = ["GITHUB_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] as const;

/** The run's token in the name of a job: the server then knows which `permissions` count. */
export const jobToken = ({ environment }: WorkflowJobRequest, { id }: Pick<JobFile, "id">): string =>
  inNameOf(environment["GITHUB_TOKEN"] ?? "", id);

/** The variables that GitHub sets for every step of a job; those of OIDC only with `id-token: write`. */
export const jobEnvironment = (
  { request, contexts }: WorkflowRun,
  job: JobFile,
  { directories, eventPath }: { readonly directories: JobDirectories; readonly eventPath: string },
): Readonly<Record<string, string>> => {
  const { repository, runId, ref, event, apiUrl } = request;
  const requestToken = request.environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  const oidc = job.permissions["id-token"] === "write" && requestToken !== undefined;
  const given = Object.entries(request.environment).filter(
    ([name]) => !ofRun.some((own) => own === name) && !name.startsWith("ACTIONS_ID_TOKEN_"),
  );
  return {
    ...Object.fromEntries(given),
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: apiUrl,
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_JOB: job.id,
    GITHUB_REF: ref,
    GITHUB_REF_NAME: asText(contexts.github["ref_name"] ?? ""),
    GITHUB_REPOSITORY: `${repository.owner}/${repository.name}`,
    GITHUB_REPOSITORY_OWNER: repository.owner,
    GITHUB_RUN_ID: String(runId),
    GITHUB_RUN_NUMBER: asText(contexts.github["run_number"] ?? ""),
    GITHUB_RUN_ATTEMPT: asText(contexts.github["run_attempt"] ?? ""),
    GITHUB_WORKFLOW: asText(contexts.github["workflow"] ?? ""),
    GITHUB_WORKFLOW_REF: asText(contexts.github["workflow_ref"] ?? ""),
    GITHUB_WORKSPACE: directories.workspace,
    RUNNER_OS: "Linux",
    RUNNER_ARCH: "X64",
    RUNNER_NAME: "emulated",
    RUNNER_TEMP: directories.temporary,
    ...(oidc
      ? {
          ACTIONS_ID_TOKEN_REQUEST_URL: request.environment["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "",
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: inNameOf(requestToken, job.id),
        }
      : {}),
  };
};

const inNameOf = (token: string, jobId: string): string => (token === "" ? "" : `${token}.${jobId}`);
