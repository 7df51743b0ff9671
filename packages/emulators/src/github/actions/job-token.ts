import type { JobPermissions } from "../../actions/workflow/permissions.ts";
import type { Permissions } from "../api.ts";
import type { Caller } from "../model.ts";
import { splitJobToken } from "./run-detail.ts";
import type { Runs } from "./runs.ts";

/** Nobody's installation of the App: GitHub has one of its own for Actions on every account. */
export const actionsInstallationId = 0;

/** Who a job's `GITHUB_TOKEN` speaks for: its own repository, with the job's permissions, until the run is over. */
export const callerOfJob = (runs: Pick<Runs, "all">, shown: string): Caller | null => {
  const split = splitJobToken(shown);
  if (split === null) return null;
  const detail = runs.all().find(({ token }) => token === split.token);
  const job = detail?.header.jobs.get(split.jobId);
  if (detail === undefined || job === undefined || detail.run.status === "completed") return null;
  const { owner, name } = detail.run.repository;
  const permissions = apiPermissions(job.permissions);
  return {
    kind: "installation",
    token: shown,
    installation: {
      id: actionsInstallationId,
      account: owner,
      repositories: [name],
      permissions,
      suspended: false,
    },
    repositories: [name],
    permissions,
  };
};

/** `pull-requests` of a workflow file is `pull_requests` to the API; an identity is no permission of a token. */
const apiPermissions = (permissions: JobPermissions): Permissions => {
  const { "id-token": _, ...granted } = permissions;
  return Object.fromEntries(
    Object.entries(granted).map(([scope, level]) => [scope.replaceAll("-", "_"), level]),
  );
};
