import { defaultState, firstState } from "../store/edit-issue.ts";
import { labelOf, statesOf, teamOf } from "../store/look-up.ts";
import type { Issue, Label, Team, WorkflowState } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import {
  absent,
  connection,
  constants,
  emptyConnections,
  entityFields,
  type Fields,
  isoTime,
} from "./fields.ts";

const issuesOf = (store: Store, team: Team): readonly Issue[] =>
  store.issues.list().filter(({ teamId }) => teamId === team.id);

export const teamFields: Fields<Team> = {
  ...entityFields,
  key: ({ key }) => key,
  name: ({ name }) => name,
  displayName: ({ name }) => name,
  organization: (_team, _, { store }) => store.organization,
  defaultIssueState: ({ id }, _, { store }) => defaultState(store, id),
  triageIssueState: ({ id }, _, { store }) => firstState(store, id, "triage") ?? null,
  triageEnabled: ({ id }, _, { store }) => firstState(store, id, "triage") !== undefined,
  markedAsDuplicateWorkflowState: ({ id }, _, { store }) => firstState(store, id, "duplicate") ?? null,
  issueCount: (team, _, { store }) => issuesOf(store, team).length,
  issues: (team, args, { store, filters }) => connection(issuesOf(store, team), args, filters.issue),
  states: ({ id }, args, { store, filters }) => connection(statesOf(store, id), args, filters.state),
  labels: ({ id }, args, { store, filters }) =>
    connection(
      store.labels.list().filter(({ teamId }) => teamId === id),
      args,
      filters.label,
    ),
  members: (_team, args, { store, filters }) => connection([store.viewer], args, filters.user),
  ...constants({
    aiDiscussionSummariesEnabled: false,
    aiThreadSummariesEnabled: false,
    ancestors: [],
    autoArchivePeriod: 6,
    children: [],
    cycleCalenderUrl: "",
    cycleCooldownTime: 0,
    cycleDuration: 2,
    cycleIssueAutoAssignCompleted: false,
    cycleIssueAutoAssignStarted: false,
    cycleLockToActive: false,
    cycleStartDay: 1,
    cyclesEnabled: false,
    defaultIssueEstimate: 1,
    groupIssueHistory: true,
    inheritIssueEstimation: false,
    inheritWorkflowStatuses: false,
    initiativesEnabled: false,
    inviteHash: "",
    issueEstimationAllowZero: false,
    issueEstimationExtended: false,
    issueEstimationType: "notUsed",
    issueOrderingNoPriorityFirst: false,
    issueSortOrderDefaultToBottom: false,
    ledInitiativeCount: 0,
    private: false,
    requirePriorityToLeaveTriage: false,
    scimManaged: false,
    securitySettings: {},
    setIssueSortOrderOnStateChange: "default",
    slackIssueComments: false,
    slackIssueStatuses: false,
    slackNewIssue: false,
    timezone: "Etc/UTC",
    upcomingCycleCount: 0,
    viewerCanJoin: false,
    viewerCanLeave: true,
    visibility: "public",
  }),
  ...absent(
    ...[
      "activeCycle",
      "allMembersCanJoin",
      "autoCloseChildIssues",
      "autoCloseParentIssues",
      "autoClosePeriod",
    ],
    ...["autoCloseStateId", "color", "defaultProjectTemplate", "defaultTemplateForMembers", "description"],
    ...["defaultTemplateForMembersId", "defaultTemplateForNonMembers", "defaultTemplateForNonMembersId"],
    ...["draftWorkflowState", "icon", "integrationsSettings", "joinByDefault", "mergeWorkflowState"],
    ...["mergeableWorkflowState", "parent", "retiredAt", "reviewWorkflowState", "scimGroupName"],
    ...["startWorkflowState", "triageResponsibility", "viewerMembership"],
  ),
  ...emptyConnections("cycles", "gitAutomationStates", "projects", "releasePipelines", "templates"),
};

export const stateFields: Fields<WorkflowState> = {
  ...entityFields,
  name: ({ name }) => name,
  type: ({ type }) => type,
  position: ({ position }) => position,
  color: ({ color }) => color,
  team: ({ teamId }, _, { store }) => teamOf(store, teamId),
  issues: ({ id }, args, { store, filters }) =>
    connection(
      store.issues.list().filter(({ stateId }) => stateId === id),
      args,
      filters.issue,
    ),
  ...absent("description", "inheritedFrom"),
};

export const labelFields: Fields<Label> = {
  ...entityFields,
  name: ({ name }) => name,
  color: ({ color }) => color,
  description: ({ description }) => description,
  creator: (_label, _, { store }) => store.viewer,
  organization: (_label, _, { store }) => store.organization,
  team: ({ teamId }, _, { store }) => (teamId === null ? null : teamOf(store, teamId)),
  issues: ({ id }, args, { store, filters }) =>
    connection(
      store.issues.list().filter(({ labelIds }) => labelIds.includes(id)),
      args,
      filters.issue,
    ),
  isGroup: ({ isGroup }) => isGroup,
  parent: ({ parentId }, _, { store }) => (parentId === null ? null : labelOf(store, parentId)),
  children: ({ id }, args, { store, filters }) =>
    connection(
      store.labels.list().filter(({ parentId }) => parentId === id),
      args,
      filters.label,
    ),
  retiredAt: ({ retiredAt }) => isoTime(retiredAt),
  retiredBy: ({ retiredAt }, _, { store }) => (retiredAt === null ? null : store.viewer),
  ...absent("groupType", "inheritedFrom", "lastAppliedAt"),
};
