import type { Project } from "../../../core/project.ts";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import type { SetupFinding } from "../../../ports/setup-finding.ts";
import { isFailure, VendorError } from "../../../ports/vendor-error.ts";
import { accountDocument, permissionDocument, teamsDocument } from "./documents.ts";
import type { LinearApi } from "./linear-api.ts";
import type { OurLabel } from "./markers.ts";
import { createPages, type PageInfo } from "./pages.ts";
import { accountSchema, type LabelNode, type Team, teamsSchema, writtenSchema } from "./schema.ts";
import { firstState, isUsable, labelFor, type Workspace } from "./workspace.ts";
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
    if (project === null)
      return [...findings, checkMark(workspace, null, labels), ...checkLabels(workspace, null, labels)];
    const teams = await readTeams(check.api);
    const team = teams.find(({ key }) => key === project.key);
    if (team === undefined) return [...findings, noTeam(project.key, teams)];
    return [
      ...findings,
      right(`the team ${team.key}`),
      checkMark(workspace, team, labels),
      ...checkLabels(workspace, team, labels),
      checkState(workspace, team, "started"),
      checkState(workspace, team, "completed"),
    ];
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return [...findings, failure(error)];
  }
};

const right = (subject: string): SetupFinding => ({ subject, problem: null });
const wrong = (subject: string, what: string, fix: string): SetupFinding => ({
  subject,
  problem: { what, fix },
});

const failure = (error: DeliveryError): SetupFinding => {
  const kind = error instanceof VendorError ? error.failure : "unavailable";
  switch (kind) {
    case "unauthorised":
      return wrong("LINEAR_API_KEY", error.message, "Create a key in Linear and set it, then check again.");
    case "forbidden":
      return wrong("LINEAR_API_KEY", error.message, "Give the key that permission, then check again.");
    case "rate-limited":
    case "timeout":
    case "unavailable":
      return wrong("Linear", error.message, "Wait and check again.");
    case "unreachable":
    case "malformed":
      return wrong(
        "LINEAR_API_URL",
        error.message,
        "Check LINEAR_API_URL and the network, then check again.",
      );
    case "not-found":
    case "invalid":
    case "too-complex":
      return wrong(
        "Linear",
        error.message,
        "Update AI-Implement: Linear does not take what it asks any more.",
      );
  }
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
  const subject = "the label AI-Implement";
  if (isThere(workspace, "AI-Implement", team)) return right(subject);
  if (spoilt(workspace, team).some(({ id }) => workspace.names.get(id) === "AI-Implement"))
    return wrong(subject, "It is retired or a group.", `${restore}: ${labelsUrl}`);
  return wrong(
    subject,
    team === null ? "Linear has no such label." : `The team ${team.key} has no such label to use.`,
    `Create the label AI-Implement for the workspace: ${labelsUrl}`,
  );
};

const restore = "Restore the label, or make a label of the group";

/** The labels that we put on may be missing: they are made on first use. Nothing else may keep them off an issue. */
const checkLabels = (workspace: Workspace, team: Team | null, labelsUrl: string): readonly SetupFinding[] => {
  const subject = "the labels that AI-Implement sets";
  const unusable = spoilt(workspace, team).filter(({ id }) => workspace.names.get(id) !== "AI-Implement");
  const problems = [
    ...unusable.map(({ name }) =>
      wrong(subject, `${name} is retired or a group.`, `${restore}: ${labelsUrl}`),
    ),
    ...sharedGroups(workspace, team).map(({ group, names }) =>
      wrong(
        subject,
        `${names.join(", ")} are in one group, "${group}": an issue can have only one of them.`,
        `Move them out of the group: ${labelsUrl}`,
      ),
    ),
  ];
  return problems.length === 0 ? [right(subject)] : problems;
};

const isThere = (workspace: Workspace, name: OurLabel, team: Team | null): boolean =>
  team === null
    ? workspace.labels.some((label) => workspace.names.get(label.id) === name && isUsable(label))
    : labelFor(workspace, name, team.id) !== null;

/** As far as the team is concerned. */
const within = ({ labels }: Workspace, team: Team | null): readonly LabelNode[] =>
  labels.filter((label) => team === null || label.team === null || label.team.id === team.id);

/** Ours that nobody can put on, where no other of the name takes their place. */
const spoilt = (workspace: Workspace, team: Team | null): readonly LabelNode[] =>
  within(workspace, team).filter((label) => {
    const name = workspace.names.get(label.id);
    return name !== undefined && !isUsable(label) && !isThere(workspace, name, team);
  });

/** Groups with several labels of ours. */
const sharedGroups = (workspace: Workspace, team: Team | null) => {
  const groups = new Map<string, { readonly group: string; readonly names: string[] }>();
  for (const { id, name, parent } of within(workspace, team)) {
    if (parent === null || !workspace.names.has(id)) continue;
    const { names } = groups.get(parent.id) ?? { names: [] };
    groups.set(parent.id, { group: parent.name, names: [...names, name] });
  }
  return [...groups.values()].filter(({ names }) => names.length > 1);
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
    // The field of the mapping, so that a form can show it there.
    "teamKey",
    keys.length === 0
      ? "LINEAR_API_KEY sees no team at all."
      : `LINEAR_API_KEY does not see the team ${key}. It sees ${keys.slice(0, 50).join(", ")}.`,
    alike === undefined
      ? "Correct the team key, or give the key's owner access to the team."
      : `Write the team key as Linear does: ${alike}.`,
  );
};

const readTeams = async (api: LinearApi): Promise<readonly Team[]> => {
  const teams: Team[] = [];
  const pages = createPages("teams", maxPages);
  let after: string | null = null;
  do {
    const answer: Teams = await api.query({ document: teamsDocument, variables: { after } }, teamsSchema);
    teams.push(...answer.teams.nodes);
    after = pages(answer.teams.pageInfo, answer.teams.nodes.length);
  } while (after !== null);
  return teams;
};

interface Teams {
  readonly teams: {
    readonly pageInfo: PageInfo;
    readonly nodes: readonly Team[];
  };
}

/** `LINEAR_WORKSPACE_URL` may name the workspace or leave it to us. */
const labelsPage = (workspaceUrl: string, urlKey: string): string => {
  const base = workspaceUrl.replace(/\/+$/, "");
  const named = base.replace(/^https?:\/\/[^/]*/, "") !== "";
  return `${named ? base : `${base}/${urlKey}`}/settings/issue-labels`;
};
