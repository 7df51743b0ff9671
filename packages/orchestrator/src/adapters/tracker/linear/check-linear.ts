import type { Project } from "../../../core/project.ts";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import type { SetupFinding } from "../../../ports/tracker.ts";
import { isFailure, VendorError } from "../../shared/vendor-error.ts";
import { accountDocument, permissionDocument, teamsDocument } from "./documents.ts";
import type { LinearApi } from "./linear-api.ts";
import { accountSchema, type Team, teamsSchema, writtenSchema } from "./schema.ts";
import { firstState, labelFor, type Workspace } from "./workspace.ts";
import type { WorkspaceDirectory } from "./workspace-directory.ts";

export interface LinearCheck {
  readonly api: LinearApi;
  readonly directory: WorkspaceDirectory;
  /** `LINEAR_WORKSPACE_URL`. */
  readonly workspaceUrl: string;
}

const maxPages = 40;
/** No issue has it. */
const nobody = "00000000-0000-4000-8000-000000000000";

/** Is everything right in Linear, for this project or for the account alone? Creates and changes nothing. */
export const checkLinear = async (
  check: LinearCheck,
  project: Project | null,
): Promise<readonly SetupFinding[]> => {
  const findings: SetupFinding[] = [];
  try {
    const { viewer, organization } = await check.api.query(
      { document: accountDocument, variables: {} },
      accountSchema,
    );
    findings.push(right(`LINEAR_API_KEY (${viewer.name} in ${organization.name})`));
    findings.push(await checkPermission(check.api));
    check.directory.forget();
    const workspace = await check.directory.knowing({ labelIds: [], teamIds: [] });
    const labels = labelsPage(check.workspaceUrl, organization.urlKey);
    if (project === null) return [...findings, checkMark(workspace, null, labels)];
    const teams = await readTeams(check.api);
    const team = teams.find(({ key }) => key === project.key);
    if (team === undefined) return [...findings, noTeam(project.key, teams)];
    return [
      ...findings,
      right(`the team ${team.key}`),
      checkMark(workspace, team, labels),
      checkState(workspace, team, "started"),
      checkState(workspace, team, "completed"),
    ];
  } catch (error) {
    return [...findings, failure(findings.length === 0 ? "LINEAR_API_KEY" : "Linear", error)];
  }
};

const right = (subject: string): SetupFinding => ({ subject, problem: null });
const wrong = (subject: string, what: string, fix: string): SetupFinding => ({
  subject,
  problem: { what, fix },
});

const failure = (subject: string, error: unknown): SetupFinding => {
  if (isFailure(error, "unauthorised"))
    return wrong("LINEAR_API_KEY", error.message, "Create a key in Linear and set it, then check again.");
  if (isFailure(error, "forbidden"))
    return wrong("LINEAR_API_KEY", error.message, "Give the key that permission, then check again.");
  if (isFailure(error, "rate-limited")) return wrong(subject, error.message, "Wait, then check again.");
  if (error instanceof DeliveryError)
    return wrong(subject, error.message, "Check LINEAR_API_URL and the network, then check again.");
  throw error;
};

/** Told apart by what Linear says to a write to an issue that does not exist. */
const checkPermission = async (api: LinearApi): Promise<SetupFinding> => {
  const subject = "LINEAR_API_KEY, permission to write";
  try {
    const request = { document: permissionDocument, variables: { id: nobody, input: {} } };
    const answer = await api.mutate(request, writtenSchema);
    if (answer.kind === "refused") throw answer.error;
    return right(subject);
  } catch (error) {
    if (isFailure(error, "not-found") || isFailure(error, "invalid")) return right(subject);
    if (isFailure(error, "forbidden"))
      return wrong(subject, error.message, "Give the key the permission to write, then check again.");
    throw error;
  }
};

const checkMark = (workspace: Workspace, team: Team | null, labelsUrl: string): SetupFinding => {
  const there =
    team === null
      ? [...workspace.names.values()].includes("AI-Implement")
      : labelFor(workspace, "AI-Implement", team.id) !== null;
  const subject = "the label AI-Implement";
  return there
    ? right(subject)
    : wrong(
        subject,
        team === null ? "Linear has no such label." : `The team ${team.key} has no such label to use.`,
        `Create the label AI-Implement for the workspace: ${labelsUrl}`,
      );
};

const checkState = (workspace: Workspace, team: Team, type: "started" | "completed"): SetupFinding => {
  const subject = `a ${type} state of the team ${team.key}`;
  return firstState(workspace, team.id, type) === null
    ? wrong(subject, "The team's workflow has none.", `Add a state of the type "${type}" to its workflow.`)
    : right(subject);
};

const noTeam = (key: string, teams: readonly Team[]): SetupFinding => {
  const keys = teams.map((team) => team.key).sort();
  const alike = keys.find((each) => each.toLowerCase() === key.toLowerCase());
  return wrong(
    `the team ${key}`,
    keys.length === 0
      ? "LINEAR_API_KEY sees no team at all."
      : `LINEAR_API_KEY does not see it. It sees ${keys.slice(0, 50).join(", ")}.`,
    alike === undefined
      ? "Correct the team key, or give the key's owner access to the team."
      : `Write the team key as Linear does: ${alike}.`,
  );
};

const readTeams = async (api: LinearApi): Promise<readonly Team[]> => {
  const teams: Team[] = [];
  let after: string | null = null;
  for (let page = 0; page < maxPages; page += 1) {
    const answer: Teams = await api.query({ document: teamsDocument, variables: { after } }, teamsSchema);
    teams.push(...answer.teams.nodes);
    if (!answer.teams.pageInfo.hasNextPage) return teams;
    after = answer.teams.pageInfo.endCursor;
  }
  throw new VendorError("malformed", `Linear's list of teams does not end after ${maxPages} pages.`);
};

interface Teams {
  readonly teams: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly nodes: readonly Team[];
  };
}

/** `LINEAR_WORKSPACE_URL` may name the workspace or leave it to us. */
const labelsPage = (workspaceUrl: string, urlKey: string): string => {
  const base = workspaceUrl.replace(/\/+$/, "");
  const named = base.replace(/^https?:\/\/[^/]*/, "") !== "";
  return `${named ? base : `${base}/${urlKey}`}/settings/issue-labels`;
};
