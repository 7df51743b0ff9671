import { z } from "zod";
import { jsonAnswer } from "../../shared/loopback-server.ts";
import { addComment, allComments, deleteComment, editComment } from "../pulls/conversation.ts";
import { commentOf, pullOf, requireConversation, requireText, selectComments } from "../pulls/lookup.ts";
import { issueCommentJson } from "../pulls/render-conversation.ts";
import { issuePath } from "../pulls/render-pull.ts";
import { fullName } from "../render.ts";
import { noContent, ok, pageOf, repositoryOf } from "./answers.ts";
import type { Operate } from "./operation.ts";

/** Of one issue, by id; its order cannot be chosen. */
export const listComments: Operate = (api, call) => {
  requireConversation(call, "read");
  const place = pullOf(api, call);
  const all = selectComments(
    call,
    place.pull.comments.map((comment) => ({ place, comment })),
  );
  const { items, headers } = pageOf(api, call, `${issuePath(place)}/comments`, all);
  return ok(
    items.map(({ comment }) => issueCommentJson(api, place, comment)),
    headers,
  );
};

export const listRepositoryComments: Operate = (api, call) => {
  requireConversation(call, "read");
  const repository = repositoryOf(api, call);
  const all = selectComments(call, allComments(repository));
  const { items, headers } = pageOf(api, call, `/repos/${fullName(repository)}/issues/comments`, all);
  return ok(
    items.map(({ place, comment }) => issueCommentJson(api, place, comment)),
    headers,
  );
};

const bodySchema = z.object({ body: z.string() });

export const createComment: Operate = (api, call) => {
  requireConversation(call, "write");
  const place = pullOf(api, call);
  const body = requireText(bodySchema.parse(call.body).body, "IssueComment");
  const made = issueCommentJson(api, place, addComment(api, place, api.store.app.login, body));
  return jsonAnswer(201, made, { location: String(made["url"]) });
};

export const getComment: Operate = (api, call) => {
  requireConversation(call, "read");
  const { place, comment } = commentOf(api, call);
  return ok(issueCommentJson(api, place, comment));
};

/** An App that may write may also change what others wrote. */
export const updateComment: Operate = (api, call) => {
  requireConversation(call, "write");
  const { place, comment } = commentOf(api, call);
  const body = requireText(bodySchema.parse(call.body).body, "IssueComment");
  editComment(api, place, comment, body, api.store.app.login);
  return ok(issueCommentJson(api, place, comment));
};

export const removeComment: Operate = (api, call) => {
  requireConversation(call, "write");
  const { place, comment } = commentOf(api, call);
  deleteComment(api, place, comment, api.store.app.login);
  return noContent;
};
