import { isoTime } from "./resolvers/fields.ts";
import { issueUrl, priorityLabel } from "./resolvers/issue-fields.ts";
import { identifierOf, issueOf, labelsOf, stateOf, teamOf } from "./store/look-up.ts";
import type { Comment, Issue } from "./store/records.ts";
import type { Change, Store } from "./store/store.ts";

export type Payload = Readonly<Record<string, unknown>>;

export interface Envelope {
  readonly webhookId: string;
  /** When it is sent, in ms since the epoch. */
  readonly now: number;
}

/** The body of a webhook, in the shape of the schema's `EntityWebhookPayload`. */
export const webhookPayload = (store: Store, change: Change, { webhookId, now }: Envelope): Payload => {
  return {
    action: change.action,
    actor: { ...person(store), type: "user" },
    createdAt: isoTime(now),
    data: change.kind === "Issue" ? issueData(store, change.issue) : commentData(store, change.comment),
    ...(change.action === "update" ? { updatedFrom: updatedFrom(change) } : {}),
    url: change.kind === "Issue" ? issueUrl(store, change.issue) : commentUrl(store, change.comment),
    type: change.kind,
    organizationId: store.organization.id,
    webhookTimestamp: now,
    webhookId,
  };
};

const person = ({ viewer, organization }: Store): Payload => ({
  id: viewer.id,
  name: viewer.name,
  email: viewer.email,
  url: `https://linear.app/${organization.urlKey}/profiles/${encodeURIComponent(viewer.name)}`,
});

const issueData = (store: Store, issue: Issue): Payload => {
  const state = stateOf(store, issue.stateId);
  return {
    ...plain(issue),
    identifier: identifierOf(store, issue),
    url: issueUrl(store, issue),
    priorityLabel: priorityLabel(issue),
    trashed: issue.archivedAt === null ? null : true,
    sortOrder: -issue.sequence,
    prioritySortOrder: -issue.sequence,
    reactionData: [],
    subscriberIds: [store.viewer.id],
    creatorId: store.viewer.id,
    creator: person(store),
    state: { id: state.id, color: state.color, name: state.name, type: state.type },
    team: team(store, issue),
    labels: labelsOf(store, issue).map(({ id, color, name }) => ({ id, color, name, parentId: null })),
  };
};

const team = (store: Store, { teamId }: Issue): Payload => {
  const { id, key, name } = teamOf(store, teamId);
  return { id, key, name };
};

const commentData = (store: Store, comment: Comment): Payload => {
  const issue = issueOf(store, comment.issueId);
  return {
    ...plain(comment),
    reactionData: [],
    userId: store.viewer.id,
    user: person(store),
    issue: {
      id: issue.id,
      identifier: identifierOf(store, issue),
      teamId: issue.teamId,
      team: team(store, issue),
      title: issue.title,
      url: issueUrl(store, issue),
    },
  };
};

const commentUrl = (store: Store, { id, issueId }: Comment): string =>
  `${issueUrl(store, issueOf(store, issueId))}#comment-${id.slice(0, 8)}`;

const ours = ["sequence"];

/** Fields as they go over the wire: times as ISO 8601, without what only the store knows. */
const plain = (record: Issue | Comment): Payload =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => !ours.includes(name))
      .map(([name, value]: readonly [string, unknown]) => [
        name,
        name.endsWith("At") && typeof value === "number" ? isoTime(value) : value,
      ]),
  );

/** The former values of what was changed. */
const updatedFrom = (change: Extract<Change, { action: "update" }>): Payload => {
  const after = plain(change.kind === "Issue" ? change.issue : change.comment);
  const before = Object.entries(plain(change.before));
  return Object.fromEntries(
    before.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(after[name])),
  );
};
