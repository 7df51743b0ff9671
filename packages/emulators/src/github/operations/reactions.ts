import { z } from "zod";
import { jsonAnswer, type LoopbackAnswer } from "../../shared/loopback-server.ts";
import type { GithubComment } from "../model.ts";
import { addReaction } from "../pulls/conversation.ts";
import { commentOf, requireConversation, reviewCommentOf } from "../pulls/lookup.ts";
import { reactionContents, reactionJson } from "../pulls/render-conversation.ts";
import { repositoryPath } from "../pulls/render-pull.ts";
import { ok, pageOf } from "./answers.ts";
import type { Call, GithubApi, Operate } from "./operation.ts";

export const listCommentReactions: Operate = (api, call) => {
  requireConversation(call, "read");
  const { place, comment } = commentOf(api, call);
  return list(api, call, `${repositoryPath(place)}/issues/comments/${comment.id}/reactions`, comment);
};

export const createCommentReaction: Operate = (api, call) => {
  requireConversation(call, "write");
  return react(api, call, commentOf(api, call).comment);
};

export const listReviewCommentReactions: Operate = (api, call) => {
  const { place, comment } = reviewCommentOf(api, call);
  return list(api, call, `${repositoryPath(place)}/pulls/comments/${comment.id}/reactions`, comment);
};

export const createReviewCommentReaction: Operate = (api, call) =>
  react(api, call, reviewCommentOf(api, call).comment);

const list = (api: GithubApi, call: Call, path: string, { reactions }: GithubComment): LoopbackAnswer => {
  const content = call.query.get("content");
  const chosen = reactions.filter((one) => content === null || one.content === content);
  const { items, headers } = pageOf(api, call, path, chosen);
  return ok(
    items.map((reaction) => reactionJson(api, reaction)),
    headers,
  );
};

const bodySchema = z.object({ content: z.enum(reactionContents) });

/** 200 where it was there already. */
const react = (api: GithubApi, call: Call, comment: GithubComment): LoopbackAnswer => {
  const { content } = bodySchema.parse(call.body);
  const { reaction, existed } = addReaction(api, comment, api.store.app.login, content);
  return jsonAnswer(existed ? 200 : 201, reactionJson(api, reaction));
};
