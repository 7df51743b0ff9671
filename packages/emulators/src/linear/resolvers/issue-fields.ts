import { pageOf } from "../paging.ts";
import {
  childrenOf,
  commentsOf,
  identifierOf,
  inverseRelationsOf,
  issueOf,
  labelsOf,
  relationsOf,
  stateOf,
  teamOf,
} from "../store/look-up.ts";
import type { Issue, Relation } from "../store/records.ts";
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

const priorityLabels = ["No priority", "Urgent", "High", "Medium", "Low"] as const;

export const priorityLabel = ({ priority }: Issue): string => priorityLabels[priority] ?? "No priority";

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 60);

/** Under the vendor's own domain, as it is shown to people. */
export const issueUrl = (store: Store, issue: Issue): string =>
  `https://linear.app/${store.organization.urlKey}/issue/${identifierOf(store, issue)}/${slug(issue.title)}`;

export const issueFields: Fields<Issue> = {
  ...entityFields,
  number: ({ number }) => number,
  title: ({ title }) => title,
  description: ({ description }) => description,
  priority: ({ priority }) => priority,
  priorityLabel,
  previousIdentifiers: ({ previousIdentifiers }) => previousIdentifiers,
  labelIds: ({ labelIds }) => labelIds,
  startedAt: ({ startedAt }) => isoTime(startedAt),
  completedAt: ({ completedAt }) => isoTime(completedAt),
  canceledAt: ({ canceledAt }) => isoTime(canceledAt),
  archivedAt: ({ archivedAt }) => isoTime(archivedAt),
  trashed: ({ archivedAt }) => (archivedAt === null ? null : true),
  sortOrder: ({ sequence }) => -sequence,
  boardOrder: ({ sequence }) => -sequence,
  prioritySortOrder: ({ sequence }) => -sequence,
  subIssueSortOrder: ({ parentId, sequence }) => (parentId === null ? null : -sequence),
  identifier: (issue, _, { store }) => identifierOf(store, issue),
  url: (issue, _, { store }) => issueUrl(store, issue),
  branchName: (issue, _, { store }) =>
    `robin/${identifierOf(store, issue).toLowerCase()}-${slug(issue.title)}`,
  state: ({ stateId }, _, { store }) => stateOf(store, stateId),
  team: ({ teamId }, _, { store }) => teamOf(store, teamId),
  creator: (_issue, _, { store }) => store.viewer,
  parent: ({ parentId }, _, { store }) => (parentId === null ? null : issueOf(store, parentId)),
  children: (issue, args, { store, filters }) => connection(childrenOf(store, issue), args, filters.issue),
  labels: (issue, args, { store, filters }) => connection(labelsOf(store, issue), args, filters.label),
  comments: (issue, args, { store, filters }) => connection(commentsOf(store, issue), args, filters.comment),
  subscribers: (_issue, args, { store, filters }) => connection([store.viewer], args, filters.user),
  relations: (issue, args, { store }) => pageOf(relationsOf(store, issue), args),
  inverseRelations: (issue, args, { store }) => pageOf(inverseRelationsOf(store, issue), args),
  ...constants({
    customerTicketCount: 0,
    inheritsSharedAccess: false,
    reactionData: [],
    reactions: [],
    sharedAccess: {
      disallowedIssueFields: [],
      isShared: false,
      sharedWithCount: 0,
      sharedWithUsers: [],
      viewerHasOnlySharedAccess: false,
    },
  }),
  ...absent(
    ...["addedToCycleAt", "addedToProjectAt", "addedToTeamAt", "asksExternalUserRequester", "asksRequester"],
    ...["assignee", "autoArchivedAt", "autoClosedAt", "botActor", "cycle", "delegate", "dueDate", "estimate"],
    ...["externalUserCreator", "favorite", "integrationSourceType", "lastAppliedTemplate", "project"],
    ...["projectMilestone", "recurringIssueTemplate", "slaBreachesAt", "slaHighRiskAt", "slaMediumRiskAt"],
    ...["slaStartedAt", "slaType", "snoozedBy", "snoozedUntilAt", "sourceComment", "startedTriageAt"],
    ...["syncedWith", "triagedAt"],
  ),
  ...emptyConnections("attachments", "documents", "formerAttachments", "formerNeeds", "needs", "releases"),
};

export const relationFields: Fields<Relation> = {
  ...entityFields,
  type: ({ type }) => type,
  issue: ({ issueId }, _, { store }) => issueOf(store, issueId),
  relatedIssue: ({ relatedIssueId }, _, { store }) => issueOf(store, relatedIssueId),
};
