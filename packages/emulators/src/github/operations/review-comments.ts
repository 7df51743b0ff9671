import { z } from "zod";
import { jsonAnswer, type LoopbackAnswer } from "../../shared/loopback-server.ts";
import type { GithubReviewComment } from "../model.ts";
import type { PullPlace } from "../pulls/compare.ts";
import { addReview, allReviewComments, type NewReviewComment } from "../pulls/conversation.ts";
import { parseDiff, placeInDiff } from "../pulls/diff.ts";
import { pullOf, requireText, reviewCommentOf, selectComments } from "../pulls/lookup.ts";
import { reviewCommentJson } from "../pulls/render-conversation.ts";
import { pullPath } from "../pulls/render-pull.ts";
import { invalid, notFound } from "../refusal.ts";
import { fullName } from "../render.ts";
import { ok, pageOf, repositoryOf } from "./answers.ts";
import type { GithubApi, Operate } from "./operation.ts";

export const listReviewComments: Operate = (api, call) => {
  const place = pullOf(api, call);
  const all = selectComments(
    call,
    place.pull.reviewComments.map((comment) => ({ place, comment })),
  );
  const { items, headers } = pageOf(api, call, `${pullPath(place)}/comments`, all);
  return ok(
    items.map(({ comment }) => reviewCommentJson(api, place, comment)),
    headers,
  );
};

export const listRepositoryReviewComments: Operate = (api, call) => {
  const repository = repositoryOf(api, call);
  const all = selectComments(call, allReviewComments(repository));
  const { items, headers } = pageOf(api, call, `/repos/${fullName(repository)}/pulls/comments`, all);
  return ok(
    items.map(({ place, comment }) => reviewCommentJson(api, place, comment)),
    headers,
  );
};

const newCommentSchema = z.object({
  body: z.string(),
  path: z.string(),
  line: z.number().optional(),
  side: z.string().optional(),
  in_reply_to: z.number().optional(),
});

/** To a line of the new content, or in reply to another comment. */
export const createReviewComment: Operate = (api, call) => {
  const target = pullOf(api, call);
  const { body, path, line, side = "RIGHT", in_reply_to } = newCommentSchema.parse(call.body);
  requireText(body, "PullRequestReviewComment");
  if (in_reply_to !== undefined) return answer(api, target, replyTo(target, in_reply_to, body));
  const files = parseDiff(target.pull.comparison.diff);
  if (!files.some(({ filename }) => filename === path)) throw notInDiff("path");
  const place = line === undefined || side !== "RIGHT" ? null : placeInDiff(files, path, line);
  if (line === undefined || place === null) throw notInDiff("line");
  return answer(api, target, { path, line, body, place });
};

const replySchema = z.object({ body: z.string() });

export const createReply: Operate = (api, call) => {
  const target = pullOf(api, call);
  const { comment } = reviewCommentOf(api, call);
  const body = requireText(replySchema.parse(call.body).body, "PullRequestReviewComment");
  return answer(api, target, replyTo(target, comment.id, body));
};

/** A reply to a reply goes to the comment that began the thread. @throws Refusal 404 */
const replyTo = ({ pull }: PullPlace, id: number, body: string): NewReviewComment => {
  const named = pull.reviewComments.find((comment) => comment.id === id);
  if (named === undefined) throw notFound();
  const { path, line, hunk, position } = named;
  return { path, line, body, place: { hunk, position }, inReplyTo: named.inReplyTo ?? named.id };
};

/** A single comment is a review of its own. */
const answer = (api: GithubApi, place: PullPlace, comment: NewReviewComment): LoopbackAnswer => {
  const author = api.store.app.login;
  const added = addReview(api, place, { author, state: "COMMENTED", body: "", comments: [comment] });
  const [made] = added.comments.map((one: GithubReviewComment) => reviewCommentJson(api, place, one));
  return jsonAnswer(201, made, { location: String(made?.["url"]) });
};

const notInDiff = (field: "line" | "path"): Error =>
  invalid({
    resource: "PullRequestReviewComment",
    code: "custom",
    field: `pull_request_review_thread.${field}`,
    message: `pull_request_review_thread.${field} must be part of the diff`,
  });
