import type { Remark } from "../../../core/review/remark.ts";
import type { Comment, Review, ReviewComment } from "./schema.ts";
import { asWritten } from "./to-pull-request.ts";

/** GitHub takes no more, and a server that sends more is not to be kept in memory. */
const longestBody = 65_536;

export const commentRemark = (comment: Comment): Remark => ({
  ...written(comment),
  id: `issue-comment:${comment.id}`,
  kind: "comment",
});

export const inlineRemark = (comment: ReviewComment): Remark => {
  const line = comment.line ?? comment.original_line ?? null;
  return {
    ...written(comment),
    id: `review-comment:${comment.id}`,
    kind: "inline-comment",
    path: comment.path,
    ...(line === null ? {} : { line }),
  };
};

/**
 * Null: it says nothing. GitHub makes a review without words or verdict around inline comments, and one that is still
 * being written is shown to its author only.
 */
export const reviewRemark = (review: Review): Remark | null => {
  const { submitted_at: at, body } = review;
  if (at === undefined || review.state === "PENDING") return null;
  const verdict = verdicts[review.state] ?? "commented";
  const remark: Remark = {
    ...written({ ...review, body: body ?? "", updated_at: at }),
    id: `review:${review.id}`,
    kind: "review",
    verdict,
  };
  return verdict === "commented" && remark.body.trim() === "" ? null : remark;
};

/** One that was dismissed no longer says anything but its words. */
const verdicts: Readonly<Record<string, NonNullable<Remark["verdict"]>>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
};

/** An edited comment counts from its last edit: that is when it said what it says. */
const written = ({
  user,
  body,
  html_url,
  updated_at,
}: Pick<Comment, "user" | "body" | "html_url" | "updated_at">) => ({
  // As GitHub shows whoever deleted the account.
  author: user?.login ?? "ghost",
  isBot: user?.type === "Bot",
  body: asWritten(body).slice(0, longestBody).toWellFormed(),
  url: html_url,
  at: updated_at,
});

/** By its prefix; null: no remark of ours has such an id. */
export const remarkIdOf = (
  id: string,
): { readonly kind: "issue-comment" | "review" | "review-comment"; readonly number: number } | null => {
  const [, kind, digits] = /^(issue-comment|review|review-comment):(\d{1,15})$/.exec(id) ?? [];
  if (kind !== "issue-comment" && kind !== "review" && kind !== "review-comment") return null;
  return { kind, number: Number(digits) };
};
