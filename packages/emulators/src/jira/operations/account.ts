import { refuse } from "../refusal.ts";
import { appUser, jiraTime } from "../render.ts";
import { type Operation, ok } from "./operation.ts";

export const getMyself: Operation = ({ render }) => ok(appUser(render.link));

/** Key, id, name, and whether the token's user has it. */
const permissions = [
  ["BROWSE_PROJECTS", "10", "Browse Projects", "PROJECT", true],
  ["EDIT_ISSUES", "12", "Edit Issues", "PROJECT", true],
  ["ADD_COMMENTS", "15", "Add Comments", "PROJECT", true],
  ["LINK_ISSUES", "21", "Link Issues", "PROJECT", true],
  ["TRANSITION_ISSUES", "46", "Transition Issues", "PROJECT", true],
  ["DELETE_ISSUES", "16", "Delete Issues", "PROJECT", false],
  ["ADMINISTER_PROJECTS", "23", "Administer Projects", "PROJECT", false],
  ["ADMINISTER", "0", "Administer Jira", "GLOBAL", false],
] as const;

export const getMyPermissions: Operation = ({ store }, { query }) => {
  const wanted = (query.get("permissions") ?? "").split(",").map((key) => key.trim());
  if (wanted.join("") === "") throw refuse(400, "The 'permissions' query parameter is required.");
  const issueKey = query.get("issueKey") ?? query.get("issueId");
  if (issueKey !== null && store.find(issueKey) === null) throw refuse(404, "The issue does not exist.");
  const projectKey = query.get("projectKey") ?? query.get("projectId");
  const isProject = [...store.projects.values()].some(
    ({ id, key }) => id === projectKey || key === projectKey,
  );
  if (projectKey !== null && !isProject)
    throw refuse(404, `No project could be found with key '${projectKey}'.`);
  const unknown = wanted.find((key) => !permissions.some(([known]) => known === key));
  if (unknown !== undefined) throw refuse(400, `Unrecognized permission: ${unknown}`);
  const granted = permissions
    .filter(([key]) => wanted.includes(key))
    .map(([key, id, name, type, havePermission]) => [key, { id, key, name, type, havePermission }] as const);
  return ok({ permissions: Object.fromEntries(granted) });
};

export const getServerInfo: Operation = ({ store, render }) =>
  ok({
    baseUrl: render.link(""),
    version: "1001.0.0-SNAPSHOT",
    versionNumbers: [1001, 0, 0],
    deploymentType: "Cloud",
    buildNumber: 100_290,
    serverTime: jiraTime(store.now()),
    serverTitle: "Jira",
  });
