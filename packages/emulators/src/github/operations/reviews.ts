import { z } from "zod";
import type { PullPlace } from "../pulls/compare.ts";
import { addReview, type NewReviewComment } from "../pulls/conversation.ts";
import { parseDiff, placeInDiff } from "../pulls/diff.ts";
import { isTooLong, pullOf } from "../pulls/lookup.ts";
import { reviewJson } from "../pulls/render-conversation.ts";
import { pullPath } from "../pulls/render-pull.ts";
import { errorBody, Refusal, refuse } from "../refusal.ts";
import { sameName } from "../render.ts";
import { ok, pageOf } from "./answers.ts";
import type { Operate } from "./operation.ts";

/** Oldest first. */
export const listReviews: Operate = (api, call) => {
  const place = pullOf(api, call);
  const { items, headers } = pageOf(api, call, `${pullPath(place)}/reviews`, place.pull.reviews);
  return ok(
    items.map((review) => reviewJson(api, place, review)),
    headers,
  );
};

const states = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

const bodySchema = z.object({
  body: z.string().optional(),
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]).optional(),
  comments: z.array(z.object({ path: z.string(), body: z.string(), line: z.number().optional() })).optional(),
});

/** Comments go to a line of the new content. A review that nobody submits yet is not emulated. */
export const createReview: Operate = (api, call) => {
  const place = pullOf(api, call);
  const { body = "", event, comments = [] } = bodySchema.parse(call.body ?? {});
  if (event === undefined) throw refuse(501, "The emulator does not know pending reviews: name an event.");
  const author = api.store.app.login;
  const isOwn = sameName(place.pull.author, author);
  if (isOwn && event === "APPROVE") throw unprocessable("Can not approve your own pull request");
  if (isOwn && event === "REQUEST_CHANGES")
    throw unprocessable("Can not request changes on your own pull request");
  if (body.trim() === "" && (event === "REQUEST_CHANGES" || (event === "COMMENT" && comments.length === 0)))
    throw unprocessable("Body can't be blank");
  if ([body, ...comments.map((comment) => comment.body)].some(isTooLong))
    throw unprocessable("Body is too long (maximum is 65536 characters)");
  const placed = comments.map((comment) => placeComment(place, comment));
  const { review } = addReview(api, place, { author, state: states[event], body, comments: placed });
  return ok(reviewJson(api, place, review));
};

const placeComment = (
  { pull }: PullPlace,
  { path, line, body }: { readonly path: string; readonly line?: number | undefined; readonly body: string },
): NewReviewComment => {
  const files = parseDiff(pull.comparison.diff);
  if (!files.some(({ filename }) => filename === path)) throw unprocessable("Path could not be resolved");
  const place = line === undefined ? null : placeInDiff(files, path, line);
  if (line === undefined || place === null) throw unprocessable("Line could not be resolved");
  return { path, line, body, place };
};

/** Reviews name what is wrong in plain sentences. */
const unprocessable = (...errors: readonly string[]): Refusal =>
  new Refusal(422, errorBody(422, "Unprocessable Entity", { errors }));
