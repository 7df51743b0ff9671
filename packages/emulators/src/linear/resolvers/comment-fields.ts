import { commentOf, issueOf } from "../store/look-up.ts";
import type { Comment } from "../store/records.ts";
import {
  absent,
  connection,
  constants,
  emptyConnections,
  entityFields,
  type Fields,
  isoTime,
} from "./fields.ts";
import { issueUrl } from "./issue-fields.ts";

export const commentFields: Fields<Comment> = {
  ...entityFields,
  body: ({ body }) => body,
  issueId: ({ issueId }) => issueId,
  parentId: ({ parentId }) => parentId,
  editedAt: ({ editedAt }) => isoTime(editedAt),
  issue: ({ issueId }, _, { store }) => issueOf(store, issueId),
  parent: ({ parentId }, _, { store }) => (parentId === null ? null : commentOf(store, parentId)),
  user: (_comment, _, { store }) => store.viewer,
  url: ({ id, issueId }, _, { store }) =>
    `${issueUrl(store, issueOf(store, issueId))}#comment-${id.slice(0, 8)}`,
  children: ({ id }, args, { store, filters }) =>
    connection(
      store.comments.list().filter(({ parentId }) => parentId === id),
      args,
      filters.comment,
    ),
  ...constants({ hideInLinear: false, isArtificialAgentSessionRoot: false, reactionData: [], reactions: [] }),
  ...absent(
    ...["agentSession", "botActor", "documentContent", "documentContentId", "externalThread", "externalUser"],
    ...[
      "initiative",
      "initiativeId",
      "initiativeUpdate",
      "initiativeUpdateId",
      "onBehalfOf",
      "post",
      "project",
    ],
    ...["projectId", "projectUpdate", "projectUpdateId", "quotedText", "resolvedAt", "resolvingComment"],
    ...["resolvingCommentId", "resolvingUser", "syncedWith", "threadSummary"],
  ),
  ...emptyConnections("agentSessions", "createdIssues", "spawnedAgentSessions"),
};
